# tools/lib/Child.pm - a child process that never outlives this process.
#
# Entry points:
#   Child->start(command => [...], dir => D, env => {...})
#   $c->fh          the child's output (stdout and stderr), to select() on
#   $c->read        output that has arrived; undef at the end, and then
#		    $c->{status} is set
#   $c->type(TEXT)  write TEXT to the child's input
#   $c->threads     id => { ran, asleep } for each thread of the child and of
#		    its descendants: seconds of processor time, and whether the
#		    thread is asleep now; nothing without Linux's /proc
#   $c->usage       seconds that they ran in all; undef without Linux's /proc
#   $c->stop        end the child and all that it started; sets $c->{status}
#   Child::stop_all
#
# Each child leads a process group.  When this process exits, dies or gets a
# signal, it kills the group.  If this process is killed with SIGKILL, the
# kernel kills the child (setpriv --pdeathsig), or a watcher where there is no
# setpriv.

package Child;
use strict;
use warnings;
use Errno qw(EAGAIN EINTR);
use IO::Handle;
use List::Util qw(sum0);
use POSIX ();
use Time::HiRes qw(time);

# As large as Linux lets it be, so that a machine does not wait for its reader
use constant { F_SETPIPE_SZ => 1031, PIPE_SIZE => 1 << 20 };

my $owner = $$;		# only this process ends children
my %alive;		# pid => 1
my $watcher;		# pipe that tells the watcher of pids

my ($setpriv) = $ENV{JOS_NO_SETPRIV} ? () :
    grep { -x } map { "$_/setpriv" } split /:/, $ENV{PATH};

$SIG{$_} = sub { exit 130 } for qw(INT TERM HUP);
$SIG{PIPE} = 'IGNORE';
END {
	my $status = $?;
	stop_all();
	$? = $status;
}

sub start
{
	my ($class, %opt) = @_;
	my @command = @{$opt{command}};
	unshift @command, $setpriv, qw(--pdeathsig KILL) if $setpriv;
	start_watcher() if !$setpriv && !$watcher;

	pipe my $in, my $to_child or die "pipe: $!\n";
	pipe my $from_child, my $out or die "pipe: $!\n";
	fcntl $out, F_SETPIPE_SZ, PIPE_SIZE;
	my $pid = fork // die "fork: $!\n";
	become($in, $out, \%opt, @command) if $pid == 0;

	$alive{$pid} = 1;
	print $watcher "+$pid\n" if $watcher;
	POSIX::setpgid($pid, $pid);	# the child calls it, too: no race
	$to_child->autoflush(1);
	$from_child->blocking(0);
	return bless { pid => $pid, fh => $from_child, in => $to_child },
	    $class;
}

# In the new process: run the command.
sub become
{
	my ($in, $out, $opt, @command) = @_;
	POSIX::setpgid(0, 0);
	$SIG{$_} = 'DEFAULT' for qw(INT TERM HUP PIPE);
	POSIX::dup2(fileno $in, 0);
	POSIX::dup2(fileno $out, 1);
	POSIX::dup2(1, 2);
	%ENV = (%ENV, %{$opt->{env} || {}});
	if (!defined $opt->{dir} || chdir $opt->{dir}) {
		no warnings 'exec';
		exec { $command[0] } @command;
	}
	syswrite STDOUT, "cannot run $command[0]: $!\n";
	POSIX::_exit(127);
}

sub fh { $_[0]{fh} }

sub read
{
	my ($self) = @_;
	my $n = sysread $self->{fh}, my $text, 1 << 16;
	return $text if $n;
	return '' if !defined $n && ($! == EAGAIN || $! == EINTR);
	$self->stop(60);
	return undef;
}

sub type
{
	my ($self, $text) = @_;
	syswrite $self->{in}, $text;
}

# Linux's /proc has the time that each thread ran, in nanoseconds.
sub threads
{
	my ($self) = @_;
	my ($children_known, %threads);
	my @pids = $self->{pid};
	while (defined(my $pid = shift @pids)) {
		for my $thread (glob "/proc/$pid/task/*") {
			my $children = line("$thread/children");
			$children_known ||= defined $children;
			push @pids, split ' ', $children // '';
			my ($ran) = split ' ',
			    line("$thread/schedstat") // next;
			# A thread may end between two reads
			my ($state) = (line("$thread/stat") // next)
			    =~ /.*\) (\w)/ or next;
			$threads{$thread} = { ran => $ran / 1e9,
			    asleep => scalar $state =~ /[SIZX]/ };
		}
	}
	# Without `children', threads of descendants would be missing
	return $children_known ? %threads : ();
}

sub usage
{
	my %threads = $_[0]->threads or return undef;
	return sum0 map { $_->{ran} } values %threads;
}

sub line
{
	my ($file) = @_;
	open my $fh, '<', $file or return undef;
	return scalar(<$fh>) // '';
}

# End the child, unless it exits within $patience seconds: first with SIGTERM,
# on which QEMU removes its temporary files.  The status is the exit status, or
# 128 + the signal that ended the child.
sub stop
{
	my ($self, $patience) = @_;
	return if defined $self->{status};
	my $pid = $self->{pid};
	end($pid) if !gone($pid, $patience // 0);
	$self->{status} = $? & 127 ? 128 + ($? & 127) : $? >> 8;
	kill 'KILL', -$pid;		# processes that the child left behind
	delete $alive{$pid};
	print $watcher "-$pid\n" if $watcher;
}

sub end
{
	my ($pid) = @_;
	kill 'TERM', -$pid;
	return if gone($pid, 1);
	kill 'KILL', -$pid;
	waitpid $pid, 0;
}

# Has the child exited, or does it within so many seconds?
sub gone
{
	my ($pid, $patience) = @_;
	my $deadline = time + $patience;
	until (waitpid($pid, POSIX::WNOHANG) == $pid) {
		return 0 if time >= $deadline;
		select undef, undef, undef, 0.005;
	}
	return 1;
}

sub stop_all
{
	return if $$ != $owner;
	kill 'TERM', map { -$_ } keys %alive;
	for my $pid (keys %alive) {
		end($pid);
		kill 'KILL', -$pid;
	}
	%alive = ();
}

# Start a process that waits until the pipe from this process ends, which is
# when this process has ended, and then kills the children that are left.
sub start_watcher
{
	pipe my $from_us, $watcher or die "pipe: $!\n";
	$watcher->autoflush(1);
	return if fork // die "fork: $!\n";
	close $watcher;
	POSIX::setsid();
	my %watched;
	while (<$from_us>) {
		/^\+(\d+)/ and $watched{$1} = 1;
		/^-(\d+)/ and delete $watched{$1};
	}
	kill 'KILL', map { -$_ } keys %watched;
	POSIX::_exit(0);
}

1;
