# tools/lib/Qemu.pm - the command line with which tests start QEMU.
#
# Entry points:
#   Qemu::command(%machine)	the command, as a list
#   Qemu::deterministic()	are equal machines to behave equally?
#
# %machine:
#   lab, program	what to run; program '' leaves the choice to the kernel
#   debug		as make's DEBUG: 1, check; not at all
#   args		words that the program gets as arguments; none
#   preempt		seed of random ticks; none
#   widen		seed of random delays in the kernel; none
#   fsargs		words that the file server gets; none
#   ext			as make's EXT; none
#   cpus		how many; 1
#   threads		'multi': one for each CPU, of this computer; 'single'
#   tree		the tree the images were built in; this one, and OBJDIR
#   boot		image of the first disk; the tree's kernel
#   disk		image of the second disk; none
#   slow		bytes a second to or from the second disk; no limit
#   seed		with DETERMINISTIC: of random ticks and delays; none
#   limit		with DETERMINISTIC: seconds; 10
#   keep		true if writes to the second disk are to stay in its
#			image
#   monitor		true if ^A c leads to QEMU's monitor, and back
#   log			where QEMU's own log goes
#   extra		further options (a list)
#
# With DETERMINISTIC=1 in the environment, equal machines behave equally, to the
# last instruction, on however busy a computer: CPUs take turns, each instruction
# takes 8 ns, and nothing depends on this computer's clock.  So QEMU loads the
# kernel itself, and the second disk is a copy in memory.  SEED=N has ticks come
# at other moments and CPUs wait here and there, as preempt and widen do, so CPUs
# take turns elsewhere.
# The machine ends when `limit' seconds of its own time are over; 10.
#
# With a single thread, a CPU that spins for a lock lets the holder of the lock
# run.  With a thread for each CPU, the holder may have to wait for a processor
# of this computer, for long if the computer is busy.
#
# The machine has no window, network, printer or GDB port.  Images are not
# locked, and without `keep' not written to, so any number of machines can share
# them.

package Qemu;
use strict;
use warnings;

use constant LIMIT => 10;

my $qemu;		# the program's name

sub deterministic { return $ENV{DETERMINISTIC} }

sub command
{
	my (%m) = @_;
	my $obj = defined $m{tree} ? "$m{tree}/obj" : $ENV{OBJDIR} || 'obj';
	my $cpus = $m{cpus} // 1;
	my $same = deterministic();
	my @drives = drive($m{boot} // "$obj/kern/kernel.img", 0);
	push @drives, drive($m{disk}, 1, $m{keep}, $m{slow}) if $m{disk};
	if ($same) {
		@m{qw(threads preempt widen)} = ('single', ($m{seed}) x 2);
		@drives = ('-kernel', "$obj/kern/kernel",
		    '-icount', 'shift=3,sleep=off,align=off', '-rtc', 'clock=vm');
		push @drives, '-fw_cfg', "name=opt/jos/disk,file=$m{disk}"
		    if $m{disk};
	}

	return ('perl', 'tools/run-qemu', '--obj', $obj,
	    $same ? ('--limit', $m{limit} // LIMIT) : (),
	    qemu(), qw(-display none -monitor none), '-serial',
	    $m{monitor} ? 'mon:stdio' : 'stdio', @drives,
	    '-accel', 'tcg,thread=' . ($m{threads} // 'single'),
	    '-smp', "$cpus,sockets=$cpus,cores=1,threads=1",
	    '-nic', 'none', '-parallel', 'none', '-no-reboot',
	    '-device', 'isa-debug-exit,iobase=0x501,iosize=2',
	    '-d', 'guest_errors,cpu_reset', '-D', $m{log} // '/dev/null',
	    fw_cfg(lab => $m{lab}), fw_cfg(run => $m{program}),
	    fw_cfg(args => $m{args}), fw_cfg(debug => $m{debug}),
	    fw_cfg(preempt => $m{preempt}), fw_cfg(widen => $m{widen}),
	    fw_cfg(fsargs => $m{fsargs}), fw_cfg(ext => $m{ext}),
	    @{$m{extra} || []});
}

sub qemu
{
	return $qemu //= $ENV{QEMU} || from_make() || 'qemu-system-i386';
}

# QEMU of conf/env.mk or make's command line.
sub from_make
{
	my $name = `make -s --no-print-directory print-qemu 2>/dev/null`;
	return $? == 0 && $name =~ /(\S+)\s*\z/ ? $1 : undef;
}

sub drive
{
	my ($file, $index, $keep, $slow) = @_;
	my $sharing = $keep ? '' : ',snapshot=on,file.locking=off';
	my $limit = $slow ? ",throttling.bps-total=$slow" : '';
	return ('-drive',
	    "file=$file,index=$index,media=disk,format=raw$sharing$limit");
}

sub fw_cfg
{
	my ($name, $value) = @_;
	return () if !defined $value || $value eq '';
	$value =~ s/,/,,/g;
	return ('-fw_cfg', "name=opt/jos/$name,string=$value");
}

1;
