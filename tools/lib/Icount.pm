# tools/lib/Icount.pm - machines whose time stamp counter counts instructions,
# so that figures are equal on any computer.
#
# Entry points:
#   Icount::run(UNTIL, TYPE, %machine)	returns the machine's output, up to a
#		line that begins like pattern UNTIL, or until the machine stops
#		in the monitor or hangs; unless TYPE is '', types it at the
#		shell's first prompt
#   Icount::bios(IMAGE, %machine)	returns the instructions from power-on
#		to the boot sector; writes a boot sector for this to IMAGE
#   Icount::make_disk(FOLDER)	a disk for tests/user/bench*.c
#
# %machine is as in tools/lib/Qemu.pm; the machine has 128 MiB.  `seconds' is
# its limit of processor time, for each CPU.  While a CPU is halted, the counter
# follows wall-clock time, and the kernel says for how long (DEBUG_IDLE_TIME).
# With `sleep => 0' the counter jumps to the next timer interrupt instead: that
# is for the BIOS, which has no such figure.

package Icount;
use strict;
use warnings;
use Child;
use Hang;
use Qemu;
use Session;

use constant { SECONDS => 100, PATIENCE => 60 };

sub run
{
	my ($until, $type, %machine) = @_;
	my $sleep = $machine{sleep} // 1 ? 'on' : 'off';
	my $child = Child->start(command => [Qemu::command(lab => 5,
	    %machine, extra => ['-m', 128, '-icount',
	    "shift=0,sleep=$sleep,align=off", @{$machine{extra} || []}])]);
	my $hang = Hang->new($child, total => $machine{seconds} // SECONDS,
	    patience => PATIENCE);
	my $said = '';
	until ($said =~ /^(?:$until|K> )/m || defined $hang->look) {
		my $more = $child->read // last;
		$hang->heard if $more ne '';
		$said .= $more;
		if ($type ne '' && $said =~ $Session::PROMPT) {
			$child->type("$type\n");
			$type = '';
		}
		select undef, undef, undef, 0.02;
	}
	$child->stop;
	return $said =~ s/\r//gr;
}

# A boot sector that sends the time stamp counter to the serial line, as eight
# letters A to P, the last digit first, and ends QEMU.
sub bios
{
	my ($image, %machine) = @_;
	my $code = pack 'H*', join '',
	    '0f31',		#	rdtsc
	    '6689c3',		#	mov %eax,%ebx
	    'baf803',		#	mov $0x3f8,%dx
	    'b90800',		#	mov $8,%cx
	    '88d8',		# 1:	mov %bl,%al
	    '240f',		#	and $15,%al
	    '0441',		#	add $'A',%al
	    'ee',		#	out %al,(%dx)
	    '66c1eb04',		#	shr $4,%ebx
	    'e2f3',		#	loop 1b
	    'b00a', 'ee',	#	mov $'\n',%al; out %al,(%dx)
	    'ba0105',		#	mov $0x501,%dx
	    'b010', 'ee',	#	mov $16,%al; out %al,(%dx)
	    'f4', 'ebfd';	# 2:	hlt; jmp 2b
	open my $fh, '>', $image or die "$image: $!\n";
	print $fh $code, "\0" x (510 - length $code), "\x55\xaa",
	    "\0" x (512 * 2047);
	close $fh or die "$image: $!\n";
	my ($digits) = run('.*[A-P]{8}\n', '', %machine, boot => $image)
	    =~ /([A-P]{8})\n/ or die "Icount: the BIOS does not say\n";
	my $count = 0;
	$count = 16 * $count + ord($_) - ord('A')
	    for reverse split //, $digits;
	return $count;
}

# Make a disk that does not depend on what else is in user/, with three files
# that bench.c reads.
sub make_disk
{
	my ($folder) = @_;
	my @data = map { "$folder/data$_" } 1 .. 3;
	for my $file (@data) {
		open my $fh, '>', $file or die "$file: $!\n";
		printf $fh "line %5d of the large file...\n", $_ for 1 .. 8192;
		close $fh or die "$file: $!\n";
	}
	my @programs = map { "obj/load/user/$_" } qw(init sh benchboot benchfile
	    benchnop benchprimes);
	system('obj/fs/fsformat', "$folder/fs.img", 512, @data, 'fs/motd',
	    'fs/newmotd', @programs) == 0 or die "no disk for the bench\n";
	return "$folder/fs.img";
}

1;
