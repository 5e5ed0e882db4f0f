# conf/Session.pm - a session at the shell of a machine of its own.
#
# Entry points: $Session::PROMPT, a pattern;
#   Session::run(MACHINE, LINES)	MACHINE: a reference to options as in
#		conf/Qemu.pm; each line is typed at the next prompt.
# Returns all that the machine says, until it leaves, nothing runs any more, or
# the shell waits for more than there is: its disk may have no program to leave by
# that runs.  If it hangs, the last line says so.

package Session;
use strict;
use warnings;
use Child;
use Qemu;
use Time::HiRes qw(time);

# The shell waits for a line.  icode, which began it all, may say at that very
# moment that it ends.
our $PROMPT = qr/^\$ (?:icode: exiting\n)?\z/m;

# Seconds, not counting those in which its threads waited for a processor of
# ours; and all in all
use constant { PATIENCE => 60, MAX_TIME => 600 };

sub run
{
	my ($options, @lines) = @_;
	my $machine = Child->start(command => [Qemu::command(lab => 5,
	    %$options)]);
	my ($output, $seen, $start, $look) = ('', 0, time, PATIENCE);
	while (defined(my $more = $machine->read)) {
		$output .= $more;
		my $new = substr $output, $seen;
		last if $new =~ /^K> \z/m;
		if ($new =~ $PROMPT) {
			last if !@lines;
			$seen = length $output;
			$machine->type(shift @lines);
		}
		if (time - $start > $look) {
			my (undef, $waited) = $machine->usage;
			my $passed = time - $start;
			$output .= "\nWRONG: it hangs\n", last
			    if $passed - ($waited // 0) > PATIENCE ||
				$passed > MAX_TIME;
			$look++;
		}
		select undef, undef, undef, 0.01;
	}
	$machine->stop;
	return $output;
}

1;
