# tools/lib/Session.pm - a machine of its own that somebody types at.
#
# Entry points: $Session::PROMPT, a pattern;
#   Session->start(MACHINE)	options as in tools/lib/Qemu.pm, for lab 5 if
#		they do not say; or command => [...]; limits: see
#		tools/lib/Hang.pm
#   $s->wait_for(PATTERN)	true when what has come since the last call, or
#		since something was typed, matches; false when the machine has
#		left or hangs: then $s->{hangs} says how
#   $s->type(TEXT)
#   $s->stop			all that it has said
#   Session::run(MACHINE, LINES)	each line is typed at the next prompt.
# run() returns all that the machine says, until it leaves, nothing runs any more,
# or the shell waits for more than there is: its disk may have no program to leave
# by that runs.  If it hangs, the last line says so.

package Session;
use strict;
use warnings;
use Child;
use Hang;
use Qemu;

# The shell waits for a line, perhaps behind the end of a file whose last line is
# cut short.  icode, which began it all, may say at that very moment that it ends.
our $PROMPT = qr/\$ (?:icode: exiting\n)?\z/;

# Seconds without a word, as tools/lib/Hang.pm has them
use constant { CPU_TIME => 60, PATIENCE => 60 };

sub start
{
	my ($class, %machine) = @_;
	my $child = Child->start(command => $machine{command} //
	    [Qemu::command(lab => 5, %machine)]);
	return bless { machine => $child, said => '', seen => 0,
	    hang => Hang->new($child, cpu_time => CPU_TIME,
		patience => PATIENCE, %machine) }, $class;
}

sub wait_for
{
	my ($self, $pattern) = @_;
	while (1) {
		if (substr($self->{said}, $self->{seen}) =~ $pattern) {
			$self->{seen} = length $self->{said};
			return 1;
		}
		my $more = $self->{machine}->read // return 0;
		$self->{said} .= $more;
		$self->{hang}->heard if $more ne '';
		return 0 if defined($self->{hangs} = $self->{hang}->look);
		select undef, undef, undef, 0.01 if $more eq '';
	}
}

sub type
{
	my ($self, $text) = @_;
	$self->{machine}->type($text);
	$self->{hang}->heard;
}

sub stop
{
	my ($self) = @_;
	$self->{machine}->stop;
	return $self->{said};
}

sub run
{
	my ($machine, @lines) = @_;
	my $session = Session->start(%$machine);
	while ($session->wait_for(qr/^K> \z|$PROMPT/m) &&
	    $session->{said} !~ /^K> \z/m && @lines) {
		$session->type(shift @lines);
	}
	my $hangs = $session->{hangs};
	return $session->stop . (defined $hangs ?
	    "\nWRONG: it hangs, $hangs\n" : '');
}

1;
