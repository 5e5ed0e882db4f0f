# tools/lib/Session.pm - a machine whose shell gets lines that a program types.
#
# Entry points: $Session::PROMPT, a pattern;
#   Session->start(MACHINE)	options as in tools/lib/Qemu.pm, lab 5 if not
#		given; or command => [...]; limits as in tools/lib/Hang.pm
#   $s->wait_for(PATTERN)	true when the output since the last call of
#		wait_for or type matches; false when QEMU has ended or hangs:
#		then $s->{hangs} says how
#   $s->type(TEXT)
#   $s->stop			returns all output
#   Session::run(MACHINE, LINES)	types each line at the next prompt.
# run() returns all output until QEMU ends, nothing runs any more, or the shell
# waits for a line after the last one: the disk may have no program that can
# switch the machine off.  If the machine hangs, the last line says so.

package Session;
use strict;
use warnings;
use Child;
use Hang;
use Qemu;

# The shell's prompt; output of a file without a newline at its end may stand
# before it.  The message of icode, which starts the shell and then ends, may
# come between the prompt and the input.
our $PROMPT = qr/\$ (?:icode: exiting\n)?\z/;

# Limits of tools/lib/Hang.pm, in seconds
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
