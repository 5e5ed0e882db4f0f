# tools/lib/Hang.pm - does a program that we run hang?
#
# Entry points:
#   Hang->new(CHILD, LIMITS)	CHILD: see tools/lib/Child.pm
#   $h->heard			it has said something, or was told something
#   $h->look			undef, or a sentence that says how it hangs
#
# LIMITS, all in seconds and optional:
#   cpu_time	it may compute for so long without a word, for each of `cpus'
#   total	it may compute for so long altogether, for each of `cpus'
#   patience	it may have nothing to do for so long without a word
#   cpus	how many CPUs the machine has; 1.  Those that wait for another
#		one may spin.
#
# None of this is time by the clock on the wall: on a busy computer everything
# takes longer, and nothing else changes.  Computing is measured in processor
# time.  That there is nothing to do is found by looking now and then: a look
# counts, for the time between two of them, if all threads are asleep at that
# moment.  They are not while they wait for a processor or for the disk.  Each
# tick of an idle machine's timer wakes QEMU, which on a busy computer then
# waits for a processor, so fewer looks count; but never none.  If we are late
# ourselves, a look counts no more than any other.  The time that a thread has
# waited for a processor is of no use: Linux books it when it has got one.

package Hang;
use strict;
use warnings;
use List::Util qw(max);
use Time::HiRes qw(time);

use constant LOOK => 0.25;

sub new
{
	my ($class, $child, %limits) = @_;
	return bless { cpus => 1, %limits, child => $child, looked => time,
	    ran => {}, all => 0, cpu => 0, idle => 0 }, $class;
}

# What it did before is forgotten, and what it does until the next look.
sub heard
{
	$_[0]{news} = 1;
}

sub look
{
	my ($self) = @_;
	my $passed = time - $self->{looked};
	return undef if $passed < LOOK;
	$self->{looked} += $passed;
	my ($ran, $asleep) = $self->spent($passed);
	$self->{all} += $ran;
	$self->{cpu} += $ran;
	$self->{idle} += LOOK if $asleep;
	@$self{qw(news cpu idle)} = (0, 0, 0) if $self->{news};

	my ($cpus, $limit) = $self->{cpus};
	return "busy for $limit seconds without a word"
	    if $self->{cpu} > $cpus * ($limit = $self->{cpu_time} // 9**9);
	return "nothing to do for $limit seconds"
	    if $self->{idle} > ($limit = $self->{patience} // 9**9);
	return "still busy after $limit seconds"
	    if $self->{all} > $cpus * ($limit = $self->{total} // 9**9);
	return undef;
}

# Seconds that its threads ran since the last look, and are all asleep now?
# Where nobody says: part of what passed, and no.
sub spent
{
	my ($self, $passed) = @_;
	my %threads = $self->{child}->threads
	    or return ($passed / 5, 0);
	my ($ran, $asleep, %now) = (0, 1);
	while (my ($id, $thread) = each %threads) {
		$now{$id} = $thread->{ran};
		$ran += max(0, $thread->{ran} - ($self->{ran}{$id} // 0));
		$asleep = 0 if !$thread->{asleep};
	}
	$self->{ran} = \%now;
	return ($ran, $asleep);
}

1;
