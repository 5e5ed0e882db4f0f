# tools/lib/Hang.pm - does a child process hang?
#
# Entry points:
#   Hang->new(CHILD, LIMITS)	CHILD: see tools/lib/Child.pm
#   $h->heard			the child has printed or got something
#   $h->look			undef, or a sentence that says how it hangs
#
# LIMITS, all in seconds and optional:
#   cpu_time	processor time without output, for each of `cpus'
#   total	processor time in all, for each of `cpus'
#   patience	idle time without output
#   cpus	how many CPUs the machine has; 1.  CPUs that wait for another
#		one may spin.
#
# No limit is one of wall-clock time: on a busy computer the child takes longer,
# but no limit is reached earlier.  Idle time is sampled: each look() that finds
# all threads asleep adds LOOK seconds, however late it comes.  Threads that
# wait for a processor or the disk are not asleep.  An idle machine's timer
# wakes QEMU at each tick; on a busy computer QEMU then waits for a processor,
# so fewer looks find it asleep, but some always do.  The time for which Linux
# says that a thread has waited for a processor is useless here, as Linux adds
# it only when the wait is over.

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

# Have the next look start `cpu_time' and `patience' from 0.
sub heard
{
	$_[0]{heard} = 1;
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
	@$self{qw(heard cpu idle)} = (0, 0, 0) if $self->{heard};

	my ($cpus, $limit) = $self->{cpus};
	return "busy for $limit seconds without a word"
	    if $self->{cpu} > $cpus * ($limit = $self->{cpu_time} // 9**9);
	return "nothing to do for $limit seconds"
	    if $self->{idle} > ($limit = $self->{patience} // 9**9);
	return "still busy after $limit seconds"
	    if $self->{all} > $cpus * ($limit = $self->{total} // 9**9);
	return undef;
}

# Returns the seconds that the child's threads ran since the last look, and
# whether all are asleep now.  Without Linux's /proc: a part of the time that
# passed, and no.
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
