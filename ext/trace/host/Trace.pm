# ext/trace/host/Trace.pm - runs a program with ext/trace/host/plugin.c, and
# reads what that recorded.
#
# Entry points:
#   Trace::events(PROGRAM, %machine)	a list of hashes, in order of time:
#		time (instructions since power-on), cpu, kind (a letter of
#		plugin.c), env; and, of T and R, what is in a Trapframe; of R
#		also from and value of IPC, and utf, a list of words
#   Trace::call_name(NUMBER)	the name of a system call
#   Trace::trap_name(FRAME)	a word or two for a trap
#
# The machine is deterministic (tools/lib/Qemu.pm): each run records the same.
# %machine is as there.

package Trace;
use strict;
use warnings;
use lib 'tools/lib';
use Child;
use Elf;
use File::Path qw(make_path);
use Hang;
use Qemu;
use Source;

my $obj = $ENV{OBJDIR} || 'obj';
my $dir = "$obj/trace";
my @words = qw(edi esi ebp oesp ebx edx ecx eax es ds trapno err eip cs eflags
    esp ss);

my %traps = (0 => 'divide error', 1 => 'debug', 3 => 'breakpoint',
    6 => 'invalid opcode', 7 => 'device not available',
    13 => 'general protection', 14 => 'page fault', 32 => 'clock',
    33 => 'keyboard', 36 => 'serial line', 46 => 'disk', 50 => 'wakeup');

sub trap_name
{
	my ($frame) = @_;
	my $number = $frame->{trapno};
	return call_name($frame->{eax}) if $number == 48;
	return $traps{$number} // "trap $number";
}

my @calls;
sub call_name
{
	my ($number) = @_;
	if (!@calls) {
		my ($enum) = Source::read_file('inc/syscall.h') =~
		    /enum \{(.*?)\bNSYSCALLS/s;
		my $next = 0;
		while ($enum =~ /\bSYS_(\w+)(?: = (\d+))?,/g) {
			$next = $2 // $next;
			$calls[$next++] = "sys_$1";
		}
	}
	return $calls[$number] // "call $number";
}

# Addresses and offsets that the plugin needs, as NAME=NUMBER
sub settings
{
	my $kernel = Elf->new("$obj/kern/kernel");
	my $server = Elf->new("$obj/fs/fs.debug");
	my %number = Source::read_file("$dir/layout.s") =~ /"=(\w+) (\d+)"/g;
	$number{$_} = $kernel->address($_) for qw(trap sched_halt
	    wait_for_lock cpus percpu_kstacks);
	for ([$kernel, 'wait_for_lock'], [$server, 'ide_read'],
	    [$server, 'ide_write']) {
		my ($elf, $name) = @$_;
		for my $s ($elf->symbols) {
			@number{$name, "${name}_end"} = ($s->[1],
			    $s->[1] + $s->[2]) if $s->[0] eq $name;
		}
	}
	return map { defined $number{$_} ? "$_=$number{$_}" : () }
	    sort keys %number;
}

sub events
{
	my ($program, %machine) = @_;
	local $ENV{DETERMINISTIC} = 1;
	make_path($dir);
	my $file = "$dir/events.$$";
	my ($major) = `@{[Qemu::qemu()]} --version` =~ /version (\d+)/;
	local $ENV{JOS_PLUGIN_VERSION} = ($major // 0) < 9 ? 1 : 2;
	my $plugin = join ',', "$dir/trace.so", "out=$file", settings();
	my $machine = Child->start(command => [Qemu::command(
	    program => $program, %machine, extra => ['-plugin', $plugin])]);
	my $hang = Hang->new($machine, total => 400, patience => 60);
	my $said = '';
	until ($said =~ /^(?:K> |.*\$ )\z/m || defined $hang->look) {
		my $more = $machine->read // last;
		$hang->heard if $more ne '';
		$said .= $more;
		select undef, undef, undef, 0.02 if $more eq '';
	}
	$machine->stop;
	-s $file or die "$said\nNothing was recorded: does this QEMU have " .
	    "plugins (ext/trace/host/plugin.c)?\n";
	my @events = map { event($_) } split /\n/, Source::read_file($file);
	unlink $file;
	# When the machine was stopped, after its last program, is chance.
	pop @events while @events && $events[-1]{kind} ne 'T';
	@events or die "$said\nNo program ran.\n";
	return @events;
}

# One line of the plugin's output
sub event
{
	my ($line) = @_;
	my ($time, $cpu, $kind, $env, @rest) = split / /, $line;
	my %event = (time => $time, cpu => $cpu, kind => $kind,
	    env => hex($env // 0));
	return \%event if !@rest;
	return if @rest < @words;	# cut off at the end
	@event{@words} = map { hex } splice @rest, 0, scalar @words;
	$event{$_} &= 0xFFFF for qw(cs ds es ss);
	@event{qw(from value)} = map { hex } splice @rest, 0, 2;
	$event{utf} = [map { hex } @rest];
	return \%event;
}

1;
