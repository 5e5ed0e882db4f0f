# tools/lib/Marathon.pm - a machine that runs for a long time without failures.
#
# Entry points:
#   Marathon->start(%machine)	options as in tools/lib/Qemu.pm; `output', a
#				file for the machine's output; and limits as in
#				tools/lib/Hang.pm
#   $m->follow(SECONDS, SUB)	call SUB with each line for so long; returns
#				why that ended: 'time', 'failure' or 'end'
#   $m->heard			the machine makes progress; output alone is
#				none
#   $m->type(TEXT)
#
# A line that matches $bad is a failure, and is in $m->{failure}.

package Marathon;
use strict;
use warnings;
use Child;
use Hang;
use Qemu;
use Time::HiRes qw(time);

my $bad = qr/(?:kernel|user)\ panic | kernel\ warning | triple\ fault
    | check:\ \d+\ fault/x;
my $end = qr/^No runnable environments in the system!/;

sub start
{
	my ($class, %machine) = @_;
	open my $file, '>', $machine{output} or die "$machine{output}: $!\n";
	my $child = Child->start(command => [Qemu::command(lab => 5,
	    threads => 'multi', %machine)]);
	return bless { file => $file, rest => '', child => $child,
	    hang => Hang->new($child, %machine) }, $class;
}

sub type { $_[0]{child}->type($_[1]) }
sub heard { $_[0]{hang}->heard }

sub follow
{
	my ($self, $seconds, $sub) = @_;
	my $until = time + $seconds;
	while (time < $until) {
		vec(my $bits = '', fileno $self->{child}->fh, 1) = 1;
		select $bits, undef, undef, 0.2;
		my $text = $self->{child}->read;
		return $self->fail('QEMU has ended') if !defined $text;
		my $hangs = $self->{hang}->look;
		return $self->fail($hangs) if defined $hangs;
		syswrite $self->{file}, $text;
		$self->{rest} .= $text;
		while ($self->{rest} =~ s/^([^\n]*)\n//) {
			my $line = $1 =~ s/\r//gr;
			return 'end' if $line =~ $end;
			return $self->fail($line) if $line =~ $bad;
			$sub->($line);
		}
	}
	return 'time';
}

# Write a second's output after the line, which says where the failure was.
sub fail
{
	my ($self, $line) = @_;
	$self->{failure} = $line;
	for (1 .. 10) {
		select undef, undef, undef, 0.1;
		my $text = $self->{child}->read // last;
		syswrite $self->{file}, $text;
	}
	return 'failure';
}

1;
