# tests/Pty.pm - a program run in a terminal of its own, and we sit before it.
#
# Entry points:
#   Pty->start(COMMAND...)	in a terminal of 24 rows and 80 columns; the
#				command leads its session
#   $t->type(TEXT)
#   $t->await(PATTERN)	read on until the output since the last match has it;
#			returns that output, or undef if the program ends or
#			hangs before
#   $t->ended		the same, waiting for the program's end: its status,
#			or 128 + the signal that ended it
#   $t->settings	those of the terminal, as `stty -g` gives them
#   $t->{output}	all that was written so far
#   $t->{pid}		the program's
#
# When we leave, the terminal hangs up, and all that runs there gets HUP.
# For Linux: others make terminals in other ways.

package Pty;
use strict;
use warnings;
use Child;
use Fcntl qw(O_NOCTTY O_RDWR);
use Hang;
use POSIX ();

use constant { TIOCSPTLCK => 0x40045431, TIOCGPTN => 0x80045430,
    TIOCSCTTY => 0x540E, TIOCSWINSZ => 0x5414 };

# Seconds without a word, as tools/lib/Hang.pm has them
use constant { CPU_TIME => 60, PATIENCE => 60 };

sub start
{
	my ($class, @command) = @_;
	sysopen my $fh, '/dev/ptmx', O_RDWR | O_NOCTTY or die "ptmx: $!\n";
	my ($number, $locked) = map { pack 'i', $_ } 0, 0;
	my $size = pack 'S4', 24, 80, 0, 0;
	ioctl $fh, TIOCSPTLCK, $locked or die "unlock: $!\n";
	ioctl $fh, TIOCGPTN, $number or die "number: $!\n";
	my $name = '/dev/pts/' . unpack 'i', $number;
	# We keep it open: it forgets its settings when nobody has it
	sysopen my $tty, $name, O_RDWR | O_NOCTTY or die "$name: $!\n";
	ioctl $tty, TIOCSWINSZ, $size or die "size: $!\n";

	my $pid = fork // die "fork: $!\n";
	become($tty, @command) if $pid == 0;
	$fh->blocking(0);
	return bless { pid => $pid, fh => $fh, tty => $tty, output => '',
	    seen => 0 }, $class;
}

sub become
{
	my ($tty, @command) = @_;
	POSIX::setsid();
	ioctl $tty, TIOCSCTTY, 0;
	POSIX::dup2(fileno $tty, $_) for 0 .. 2;
	$SIG{$_} = 'DEFAULT' for qw(INT TERM HUP PIPE);
	{ no warnings 'exec'; exec { $command[0] } @command; }
	print STDERR "cannot run $command[0]: $!\n";
	POSIX::_exit(127);
}

sub type
{
	my ($self, $text) = @_;
	syswrite $self->{fh}, $text;
}

sub settings
{
	my ($self) = @_;
	my $t = POSIX::Termios->new;
	$t->getattr(fileno $self->{tty}) or die "terminal: $!\n";
	return join ':', map { sprintf '%x', $_ } $t->getiflag, $t->getoflag,
	    $t->getcflag, $t->getlflag,
	    map { $t->getcc($_) } 0 .. POSIX::NCCS() - 1;
}

sub await
{
	my ($self, $pattern) = @_;
	return $self->until(sub {
		my $new = substr $self->{output}, $self->{seen};
		return undef if $new !~ $pattern;
		$self->{seen} += $+[0];
		return substr $new, 0, $+[0];
	});
}

sub ended
{
	my ($self) = @_;
	return $self->until(sub { $self->{status} });
}

# Read on until the function has an answer.
sub until
{
	my ($self, $answer) = @_;
	my $result;
	my $hang = Hang->new($self, cpu_time => CPU_TIME,
	    patience => PATIENCE);
	until (defined($result = $answer->())) {
		if (sysread $self->{fh}, my $more, 65536) {
			$self->{output} .= $more;
			$hang->heard;
			next;
		}
		return undef if defined $self->{status};
		if (waitpid($self->{pid}, POSIX::WNOHANG) == $self->{pid}) {
			$self->{status} = $? & 127 ? 128 + ($? & 127) : $? >> 8;
			next;		# there may be more to read
		}
		return undef if defined $hang->look;
		select undef, undef, undef, 0.01;
	}
	return $result;
}

sub threads
{
	return Child::threads($_[0]);
}

1;
