# tools/lib/Confine.pm - runs what looks at the work of strangers.
#
# Entry points:
#   Confine::way()	how: 'bwrap', 'user', or undef if there is no way here
#   Confine::run(FOLDER, LIMITS, COMMAND)	runs COMMAND in FOLDER/tree.  It may
#		change files in FOLDER, and no others.  Returns undef and the
#		exit status, or a sentence that says why it was ended, and 1.
#   Confine::limited(COMMAND)	like system, with the limits of a process
#
# LIMITS, all optional:
#   print	a function that gets the output; to print it, if not given
#   total	seconds of processor time, of all its processes together
#   space	bytes that FOLDER may grow to
#   patience	seconds without anything to do
#
# bwrap (Debian's bubblewrap) shows COMMAND the system's programs and FOLDER,
# and nothing else: no other files, no network, no processes.  In a container
# that belongs to one submission, where bwrap may not be allowed, root becomes
# user `nobody' instead, who can read what everybody can read.  Each process
# has limits of its own, too.

package Confine;
use strict;
use warnings;
use Child;
use Cwd qw(abs_path);
use Hang;

use constant {
	TOTAL => 900,
	SPACE => 1 << 30,
	PATIENCE => 60,
	INSIDE => '/jos',	# where COMMAND finds FOLDER
	NOBODY => 65534,
};

my @limits = qw(prlimit --core=0 --cpu=600 --fsize=67108864
    --as=1073741824:4294967296 --nofile=1024 --nproc=512);

my $way;

sub way
{
	return $way if $way;
	for my $try (['bwrap', bwrap('/usr')],
	    $> == 0 ? ['user', user()] : ()) {
		my ($name, @command) = @$try;
		next if system("@command true </dev/null >/dev/null 2>&1") != 0;
		return $way = $name;
	}
	return undef;
}

sub bwrap
{
	my ($folder, $start) = @_;
	my @system = map { -l $_ ? ('--symlink', readlink, $_)
	    : -d $_ ? ('--ro-bind', $_, $_) : () }
	    qw(/usr /bin /sbin /lib /lib32 /lib64 /libx32 /opt);

	return ('bwrap', qw(--unshare-all --die-with-parent --new-session
	    --cap-drop ALL --uid), NOBODY, '--gid', NOBODY, @system,
	    map({ ('--ro-bind-try', $_, $_) } qw(/etc/alternatives
		/etc/ld.so.cache)),
	    qw(--proc /proc --dev /dev --bind), $folder, INSIDE,
	    qw(--remount-ro / --chdir), INSIDE . ($start // ''));
}

sub user
{
	return (qw(setpriv --clear-groups --no-new-privs --inh-caps=-all
	    --bounding-set=-all --reuid), NOBODY, '--regid', NOBODY);
}

sub run
{
	my ($folder, $limits, @command) = @_;
	$folder = abs_path($folder);
	my $way = way() // die "there is no way to confine a submission\n";
	mkdir "$folder/tmp";
	system('chown', '-R', NOBODY . ':' . NOBODY, $folder)
	    if $way eq 'user';
	my $top = $way eq 'bwrap' ? INSIDE : $folder;
	my $child = Child->start(dir => "$folder/tree", command =>
	    [$way eq 'bwrap' ? bwrap($folder, '/tree') : user(), @limits,
	    qw(env -i PATH=/usr/local/bin:/usr/bin:/bin LANG=C),
	    "HOME=$top/tmp", "TMPDIR=$top/tmp", 'sh', '-c',
	    'exec "$@" </dev/null', 'sh', @command]);
	my $hang = Hang->new($child, total => TOTAL, patience => PATIENCE,
	    %$limits);
	my $looked = time;

	while (1) {
		vec(my $bits = '', fileno $child->fh, 1) = 1;
		select $bits, undef, undef, 0.25;
		my $text = $child->read // return (undef, $child->{status});
		$limits->{print} ? $limits->{print}($text) : print $text;
		$hang->heard if $text ne '';
		my $why = $hang->look;
		if (time > $looked) {
			$looked = time;
			$why //= too_large($folder, $limits->{space} // SPACE);
		}
		next if !defined $why;
		$child->stop;
		return ($why, 1);
	}
}

sub limited { return system(@limits, @_) }

sub too_large
{
	my ($folder, $limit) = @_;
	my ($kilobytes) = `du -sk '$folder' 2>/dev/null` =~ /^(\d+)/;
	return ($kilobytes // 0) * 1024 > $limit
	    ? 'more than ' . ($limit >> 20) . ' MB on the disk' : undef;
}

1;
