# tools/lib/Grade.pm - declares and runs the tests of the grade scripts.
#
# A grade script is a list of declarations (see grade-lab3):
#
#   use Grade lab => 3;		the lab it is about
#   test TITLE => POINTS, [PATTERNS], OPTIONS
#	starts the machine with program TITLE; each pattern must match the
#	beginning of some line of its output
#   check TITLE => POINTS, [PATTERNS], OPTIONS
#	looks for patterns in the output of the test before
#   part NAME			sums up the tests since the last part
#   extra TITLE => [PATTERNS], OPTIONS
#	a test without points, shown below the score: OK, or WRONG and why
#   grade			runs all tests and exits
#
# tools/grade-all and others call these functions in place of grade:
#
#   Grade::include(SCRIPTS)	what these grade scripts declare
#   Grade::tally		runs all tests, counts, and exits
#   Grade::explore(TITLE, SEEDS)	runs this test with each seed, up to the
#				first one with which it fails, and exits
#
# Options of both:
#   never => [PATTERNS]		no line may begin like this
#   by => sub { ... }		gets the output, returns complaints
#   look => TEXT		where to look if it fails: exercise, functions, file
# Options of test:
#   program => NAME		the program, if not the title; '' for none
#   cpus => N			1; if more, they must all come up
#   until => PATTERN		a line at which the machine is stopped
#   type => [[PATTERN, TEXT], ...]	when PATTERN is seen, type TEXT
#   panics => 1			the kernel must panic
#   faults => 1			the kernel's check of itself may find faults
#   status => N			QEMU must exit by itself, with this status
#   command => [...]		run this instead of a machine
#   name => NAME		output goes to jos.out.NAME, if not the program
#   lab, disk, slow, keep, tree, threads, args, fsargs, monitor, extra
#				as in tools/lib/Qemu.pm
#   debug, ext => VALUE		as in tools/lib/Qemu.pm; if not given, DEBUG and
#				EXT of the environment
#   cpu_time, patience, total	other limits than those below (see
#				tools/lib/Hang.pm)
#   limit			the one with DETERMINISTIC (tools/lib/Qemu.pm)
#
# An extra is about what the labs ask for and their tests do not see.  Its
# program, or the monitor's command `contracts', prints for each contract that
# is broken a line "wrong: SENTENCE", which names the function, and at the end
# "checked: N".  The extra fails if there is such a sentence, or no such end.
# With `quiet => 1' there is no such program, and all is up to PATTERNS and `by'.
# With STRICT=1 in the environment extras count: a grader leaves 1 if one fails.
#
# A machine is stopped as soon as its tests are decided: when all patterns were
# seen, or one that must never be; or, where further lines could still matter,
# when the kernel monitor asks for a command.  With debug, the kernel must first
# check its invariants (LOOK_FOR_FAULTS); if it finds a fault, the test has
# failed.
#
# With DETERMINISTIC=1 in the environment, all that is said and written is equal
# each time.  So output is judged byte by byte, how much of it there is when it is
# read being chance; how long a test took is not said; and the machine's own time
# is limited, not this computer's.
#
# A tree in which submissions are graded prints the word GRADE_KEY at the end of
# lines that only its own files know.
# conf/keyed.tsv has the patterns that only such a line may match; a run with
# GRADE_LEARNS, of the solution, writes it.

package Grade;
use strict;
use warnings;
use Getopt::Long qw(:config bundling);
use List::Util qw(first max sum0 uniq);
use Time::HiRes qw(time);
use Child;
use Hang;
use Qemu;

use constant {
	# Limits of tools/lib/Hang.pm for a machine, in seconds
	CPU_TIME => 10,
	PATIENCE => 6,
	TOTAL_TIME => 200,
	MAX_OUTPUT => 1 << 20,	# bytes
	LIMIT_REACHED => 124,	# tools/run-qemu's status
	KEYED => 'conf/keyed.tsv',
	SHOWN => 20,		# last lines shown of a failure
	SENTENCES => 5,		# sentences shown of an extra
	# Ctrl-t, and for a kernel in the monitor its command, on a line of its
	# own (^U)
	LOOK_FOR_FAULTS => "\x14\x15check\n",
};

my $clean = ($ENV{OBJDIR} || 'obj') . '/fs/clean-fs.img';
my $lab;		# of the script
my $same = Qemu::deterministic();
my @shows;		# in the order of the script: tests and parts
my @runs;		# the machines to start for @shows
my $several;		# more than one script: see include()
my %option = (color => 'auto', jobs => 0, extra => 'yes', limits => 1);
my @extras;		# of @shows, those that are extras
my $began = time;
my $key = $ENV{GRADE_KEY};
my %keyed;			# "TITLE\tPATTERN" => 1
my $selected = sub { 1 };	# does the title pass the filters?

sub import
{
	my ($class, %opt) = @_;
	$lab = $opt{lab};
	no strict 'refs';
	*{caller() . "::$_"} = \&$_ for qw(test check extra part grade);
}

#
# Declarations
#

sub test
{
	my ($title, $points, $want, %opt) = @_;
	my $program = $opt{program} // ($opt{command} ? '' : $title);
	my $number = $opt{lab} // $lab;
	my $run = {
		lab => $number, disk => $number == 5 && $clean,
		debug => $ENV{DEBUG} || undef, ext => $ENV{EXT},
		seed => $same ? $ENV{SEED} : undef,
		%opt, program => $program, tests => [], output => '',
	};
	$run->{name} //= $program eq '' ? 'jos' : $program;
	$run->{name} = "lab$run->{lab}.$run->{name}" if $several;
	push @runs, $run;
	push @shows, new_test($run, $title, $points,
	    [cpu_lines($run->{cpus} // 1), @$want], %opt);
	return $shows[-1];
}

sub extra
{
	my ($title, $want, %opt) = @_;
	if (!$opt{quiet}) {
		%opt = (until => 'checked: \d', by => \&sentences, %opt);
		$want = ['checked: \d', @$want];
	}
	my $test = test($title, 0, $want, name => $title =~ s/\W+/_/gr, %opt);
	$test->{extra} = 1;
	return if $several;
	pop @shows;
	push @extras, $test;
}

sub check
{
	my ($title, $points, $want, %opt) = @_;
	push @shows, new_test($runs[-1], "  $title", $points, $want, %opt);
}

sub new_test
{
	my ($run, $title, $points, $want, %opt) = @_;
	my $test = {
		run => $run, title => $title, points => $points,
		missing => [map { pattern($_) } @$want],
		never => [map { pattern($_) } @{$opt{never} || []}],
		seen => [], by => $opt{by},
		look => $opt{look} && "look at   lab $lab, $opt{look}",
	};
	push @{$run->{tests}}, $test;
	return $test;
}

# What the program of an extra says is wrong.
sub sentences
{
	my @wrong = $_[0] =~ /^wrong: .*?(?=\r*$)/mg;
	my ($last, $place) = $_[0] =~ /.*^looking at: (.*?) (\(.*?\))\r*$/ms;
	push @wrong, "wrong: $last: the check of this did not come to its " .
	    "end $place" if $last && $_[0] !~ /^checked: /m;
	return @wrong <= SENTENCES ? @wrong : (@wrong[0 .. SENTENCES - 1],
	    'and ' . (@wrong - SENTENCES) . ' more');
}

# Options of QEMU that fill most of the memory with ones before the machine
# boots: nobody finds a zero there that he did not write.
sub dirty_memory
{
	my @options;
	for ([0x20000, 0x60000], [0x100000, 0x1f00000]) {
		my ($at, $size) = @$_;
		my $file = ($ENV{OBJDIR} || 'obj') . "/ones.$size";
		push @options, '-device',
		    "loader,addr=$at,force-raw=on,file=$file";
		next if -s $file;
		mkdir $ENV{OBJDIR} || 'obj';
		open my $fh, '>', "$file.$$" or die "$file: $!\n";
		print $fh "\xff" x $size;
		close $fh;
		rename "$file.$$", $file;
	}
	return @options;
}

sub part
{
	push @shows, { part => $_[0] };
}

# A pattern as it was written, and compiled.  One that matches the end of a line
# must not be tried on a line that is not complete.
sub pattern
{
	my ($text) = @_;
	return { text => $text, re => qr/^(?:$text)/,
	    whole => scalar $text =~ /\$$/ };
}

# What the kernel prints when it starts the other CPUs.
sub cpu_lines
{
	my ($cpus) = @_;
	return () if $cpus == 1;
	return ("SMP: CPU 0 found $cpus CPU\\(s\\)",
	    map { "SMP: CPU $_ starting" } 1 .. $cpus - 1);
}

#
# Scripts
#

sub grade
{
	return 1 if $several;
	options();
	build();
	run_all($option{extra} eq 'only' ? () : @shows);
	show_score({}) if !$option{filtered} && $option{extra} ne 'only';
	run_extras() if $option{extra} ne 'no';
	write_keyed() if $ENV{GRADE_LEARNS};
	exit(lost(@shows) || $ENV{STRICT} && lost(@extras) ? 1 : 0);
}

sub lost { return scalar grep { $_->{lost} } @_ }

# Below the score, and not while there is next to nothing to look at.
sub run_extras
{
	my @wanted = grep { wanted($_) } @extras or return;
	my @passed = grep { $_->{points} && !$_->{lost} } @shows;

	if (!$option{filtered} && $option{extra} ne 'only' && !@passed) {
		print "\nExtra checks: none before there are points\n";
		return;
	}
	print "\nExtra checks, without points:\n";
	run_all(@extras);
	printf "Extra checks that fail: %d%s\n", lost(@extras), $ENV{STRICT}
	    ? ', which count (STRICT=1)' : '' if lost(@extras);
}

# Declare what these scripts declare, to be run by tally().
sub include
{
	my (@scripts) = @_;
	my $ours = $lab;
	$several = 1;
	for my $script (@scripts) {
		open my $fh, '<', $script or die "$script: $!\n";
		my $package = $script =~ s/\W/_/gr;
		push @shows, { heading => $script };
		eval join '', "package $package;\n#line 1 \"$script\"\n", <$fh>;
		die $@ if $@;
		push @shows, { total => $script };
	}
	push @shows, { heading => '' };
	$lab = $ours;
}

# Run all declared tests, count, and exit.
sub tally
{
	options();
	build();
	run_all(@shows);
	my @tests = grep { $_->{run}{ended} } grep { $_->{run} } @shows;
	my @failed = grep { $_->{lost} } @tests;
	print "failed: $_->{title}\n" for @failed;
	printf "%d passed, %d failed\n", @tests - @failed, scalar @failed;
	exit(@failed || !@tests ? 1 : 0);
}

sub explore
{
	my ($title, @seeds) = @_;
	my @tests = grep { $_->{run} && $_->{run}{tests}[0]{title} eq $title }
	    @shows, @extras;
	die "no test of these is $title\n" if !@tests;
	options();
	build();
	@$_{qw(first quiet)} = (1, 1) for \%option;
	my @all = map { with_seed($_, @tests) } @seeds;
	run_all(@all);

	my ($failed) = grep { $_->{lost} } @all;
	unlink map { ("jos.out.$_", "jos.out.$_.log") } uniq
	    map { $_->{run}{name} } grep { !$failed
	    || $_->{run} != $failed->{run} } @all;
	print $failed ? again($failed->{run}, $title)
	    : "$title: OK with each of the seeds $seeds[0] to $seeds[-1]\n";
	exit($failed ? 1 : 0);
}

# These tests, which share a machine, on another one that has this seed
sub with_seed
{
	my ($seed, @tests) = @_;
	my $run = { %{$tests[0]{run}}, tests => [], seed => $seed,
	    name => "$tests[0]{run}{name}.$seed" };
	push @{$run->{tests}}, map { { %$_, run => $run,
	    title => "$_->{title}, SEED=$seed", missing => [@{$_->{missing}}],
	    seen => [] } } @tests;
	return @{$run->{tests}};
}

# How to run what has failed again
sub again
{
	my ($run, $title) = @_;
	my $make = by_hand($run);
	return "\nSEED=$run->{seed} fails.  Again, in the grader, in this " .
	    "terminal, and under GDB:\n" .
	    "    DETERMINISTIC=1 SEED=$run->{seed} ./grade-lab$run->{lab} " .
	    quoted($title) . "\n    $make\n    " .
	    $make =~ s/-nox /-nox-gdb /r . "\n";
}

sub options
{
	-e 'GNUmakefile' or die "$0: run this from the top of the tree\n";
	GetOptions(\%option, 'verbose|v', 'color=s', 'jobs|j=i', 'json=s',
	    'junit=s', 'first', 'extra=s', 'limits=f')
	    or die "usage: $0 [-v] [-j JOBS] [--color WHEN] [--json FILE] " .
	    "[--junit FILE] [--first] [--extra yes|no|only] " .
	    "[--limits FACTOR] [TITLE ...]\n";
	if (defined $key && open my $fh, '<', KEYED) {
		chomp(my @lines = <$fh>);
		@keyed{@lines} = (1) x @lines;
	}
	$option{jobs} ||= processors();
	$option{color} = -t STDOUT ? 'always' : 'never'
	    if $option{color} eq 'auto';
	my @filters = map { qr/\Q$_/i } @ARGV;
	$selected = sub {
		my ($title) = @_;
		return first { $title =~ $_ } @filters;
	} if @filters;
	die "$0: no test has one of these in its title: @ARGV\n"
	    if !first { $_->{run} && wanted($_) } @shows, @extras;
	$option{filtered} = @filters > 0;
	$| = 1;
}

sub processors
{
	my $n = `getconf _NPROCESSORS_ONLN 2>/dev/null`;
	return $n =~ /^(\d+)/ ? max(1, $1) : 1;
}

# Under make, pass its variables on, but not its job slots.
sub build
{
	$ENV{MAKEFLAGS} =~ s/(?:^| )(?:-j\d*|--jobserver\S*)//g
	    if defined $ENV{MAKEFLAGS};
	delete $ENV{MAKELEVEL};
	my $disk = (map { $_->{disk} || () } @runs)[0] // '';
	my $log = `make -j$option{jobs} all $disk 2>&1`;
	my $failed = $?;
	print $log if $failed || $option{verbose};
	write_results($failed ? "make failed:\n$log" : '');
	die "$0: nothing was tested: make failed, see above\n" if $failed;
}

#
# Running
#

# Run and show what was declared; with --first, up to the first failure.
sub run_all
{
	my @shown = grep { !$_->{run} || wanted($_) } @_;
	my @queue = uniq map { $_->{run} // () } @shown;
	my %busy;		# run => run
	while (@queue || %busy) {
		while (@queue && keys %busy < $option{jobs}) {
			my $run = shift @queue;
			start_run($run);
			$busy{$run} = $run;
		}
		watch(values %busy);
		delete $busy{$_} for grep { $busy{$_}{ended} } keys %busy;
		next if !@shown || $shown[0]{run} && !$shown[0]{run}{ended};
		show(shift @shown)
		    while @shown && (!$shown[0]{run} || $shown[0]{run}{ended});
		write_results('');
		next if !$option{first} || !lost(@_);
		$_->{child}->stop for values %busy;
		return;
	}
	show($_) for @shown;
}

# A test is wanted if it passes the filters, or one that needs its output.
sub wanted
{
	my ($test) = @_;
	my $run = $test->{run};
	return $selected->($test->{title}) || ($test == $run->{tests}[0] &&
	    first { $selected->($_->{title}) } @{$run->{tests}});
}

sub start_run
{
	my ($run) = @_;
	my $file = "jos.out.$run->{name}";
	open $run->{file}, '>', $file or die "$file: $!\n";
	$run->{log} = "$file.log";
	unlink $run->{log};
	my $command = $run->{command} || [Qemu::command(%$run)];
	$run->{shell} = join ' ', map { quoted($_) } @$command;
	print "\$ $run->{shell}\n" if $option{verbose} && !$same;
	@$run{qw(started lines rest typed)} = (time, 0, 0, 0);
	$run->{script} = [@{$run->{type} || []}];
	$run->{child} = Child->start(command => $command,
	    env => $run->{command} ? {} : { TMPDIR => 'obj' });
	$run->{hang} = Hang->new($run->{child}, cpus => $run->{cpus} // 1,
	    $same && !$run->{command} ? () : (
	    cpu_time => ($run->{cpu_time} // CPU_TIME) * $option{limits},
	    patience => ($run->{patience} // PATIENCE) * $option{limits},
	    total => ($run->{total} // TOTAL_TIME) * $option{limits}));
}

# Wait a moment for output of these machines, and judge it.
sub watch
{
	my (@busy) = @_;
	my $bits = '';
	vec($bits, fileno $_->{child}->fh, 1) = 1 for @busy;
	select my $ready = $bits, undef, undef, 0.25;
	for my $run (@busy) {
		if (vec($ready, fileno $run->{child}->fh, 1)) {
			my $text = $run->{child}->read;
			for ($same && defined $text ? split //, $text : $text) {
				take($run, $_) if !$run->{ended};
			}
		}
		limits($run) if !$run->{ended};
	}
}

sub take
{
	my ($run, $text) = @_;
	if (!defined $text) {
		my $status = $run->{child}{status};
		return end_run($run, "exit with status $status",
		    $status == LIMIT_REACHED);
	}
	syswrite $run->{file}, $text;
	$run->{output} .= $text;	# and pos is gone
	pos($run->{output}) = $run->{rest};
	$run->{hang}->heard if $text ne '';

	while ($run->{output} =~ /\G([^\n]*)\n/gc) {
		$run->{rest} = pos $run->{output};
		line($run, $1, 1);
	}
	my $rest = substr $run->{output}, $run->{rest};
	line($run, $rest, 0) if $rest ne '';
	type($run);
	judge($run);
	$run->{decided} //= 'the kernel monitor asks for a command'
	    if $rest eq 'K> ' && $run->{rest} >= $run->{typed}
	    && !@{$run->{script}} && !$run->{command} && !defined $run->{status};
	end_run($run, $run->{decided}) if $run->{decided} && checked($run);
	end_run($run, 'more output than ' . MAX_OUTPUT . ' bytes', 1)
	    if length $run->{output} > MAX_OUTPUT;
}

# Has the kernel checked its invariants since the test was decided?
sub checked
{
	my ($run) = @_;
	return 1 if !$run->{debug} || $run->{command} ||
	    $run->{output} =~ /kernel panic/;
	if (!defined $run->{asked}) {
		$run->{asked} = length $run->{output};
		$run->{child}->type(LOOK_FOR_FAULTS);
	}
	return substr($run->{output}, $run->{asked}) =~ /kernel check: .*\n/;
}

# Match a line, or as much of it as has come, with the patterns of each test.
sub line
{
	my ($run, $line, $whole) = @_;
	$line =~ s/\r+$//;
	my $ours = defined $key && $line =~ s/ $key$//;
	for my $test (@{$run->{tests}}) {
		@{$test->{missing}} = grep { $line !~ $_->{re} ||
		    $_->{whole} && !$whole || !allowed($test, $_, $ours, $whole) }
		    @{$test->{missing}};
		next if !$whole;
		push @{$test->{seen}}, map { "'$_->{text}': $line" }
		    grep { $line =~ $_->{re} } @{$test->{never}};
	}
	$run->{decided} //= 'the line the test waits for'
	    if $whole && $run->{until} && $line =~ /^(?:$run->{until})/;
}

# May a line match this pattern?  It is ours if it ends in the key.
sub allowed
{
	my ($test, $pattern, $ours, $whole) = @_;
	my $id = "$test->{title}\t$pattern->{text}";
	return 1 if !defined $key;
	return $ours || !$keyed{$id} if !$ENV{GRADE_LEARNS};
	$keyed{$id} = 1 if $ours;
	return $whole || $pattern->{text} =~ / $/;	# a prompt
}

sub write_keyed
{
	open my $fh, '>', KEYED or die KEYED . ": $!\n";
	print $fh map { "$_\n" } sort keys %keyed;
	close $fh or die KEYED . ": $!\n";
}

# Is there anything left to wait for?
sub judge
{
	my ($run) = @_;
	my @tests = @{$run->{tests}};
	if (first { @{$_->{seen}} } @tests) {
		$run->{decided} //= 'a line that must never come';
	} elsif (!@{$run->{script}} && !$run->{command} &&
	    !defined $run->{status} && !first { undecided($_) } @tests) {
		$run->{decided} //= 'all that was expected has come';
	}
}

# Can more output change the result of the test?
sub undecided
{
	my ($test) = @_;
	return @{$test->{missing}} || @{$test->{never}} || $test->{by};
}

sub type
{
	my ($run) = @_;
	my $script = $run->{script};
	while (@$script) {
		my ($pattern, $text) = @{$script->[0]};
		pos($run->{output}) = $run->{typed};
		$run->{output} =~ /$pattern/gm or last;
		$run->{typed} = pos $run->{output};
		$run->{child}->type($text);
		$run->{hang}->heard;
		shift @$script;
	}
}

# Has the test failed already, whatever comes?
sub limits
{
	my ($run) = @_;
	my $hangs = $run->{hang}->look;
	end_run($run, $hangs, 1) if defined $hangs;
}

sub end_run
{
	my ($run, $why, $late) = @_;
	return if $run->{ended};
	$run->{child}->stop;
	close delete $run->{file};
	@$run{qw(ended late)} = ($why, $late);
	$run->{took} = time - $run->{started};
	my $rest = substr $run->{output}, $run->{rest};
	line($run, $rest, $why =~ /^exit/) if $rest ne '';

	my $status = $run->{status} // ($run->{command} ? 0 : undef);
	($run->{crash}) = $run->{output} =~
	    /^(?:\*\*\* )?(triple fault .*|kernel panic .*)/m;
	$_->{wrong} = [complaints($run, $_, $status)] for @{$run->{tests}};
	unlink $run->{log} if !first { @{$_->{wrong}} } @{$run->{tests}};
}

#
# Results
#

# Returns complaints about the output, for one test.
sub complaints
{
	my ($run, $test, $status) = @_;
	my $first = $test == $run->{tests}[0];
	my @wrong = map { "missing   '$_->{text}'" } @{$test->{missing}};
	push @wrong, map { "forbidden $_" } @{$test->{seen}};
	my $output = $run->{output};	# a copy, without a search position
	$output =~ s/ $key(?=\r*$)//mg if defined $key;
	push @wrong, $test->{by}->($output) if $test->{by};
	push @wrong, "forbidden $_"
	    for $first && !$run->{faults}
	    ? $output =~ /(kernel check: \d+ faults)/g : ();
	push @wrong, "not typed '$_->[1]'"
	    for $first ? @{$run->{script}} : ();
	push @wrong, "expected  exit with status $status"
	    if $first && defined $status &&
	    $run->{ended} ne "exit with status $status";
	push @wrong, 'expected  an end'
	    if $first && !@wrong && ($run->{late}
	    || $run->{crash} && !$run->{panics});
	push @wrong, $test->{look} if @wrong && $test->{look};
	return @wrong;
}

sub show
{
	my ($item) = @_;
	if ($item->{run}) {
		show_test($item);
	} elsif (defined $item->{heading}) {
		print "$item->{heading}\n" if !$option{filtered};
	} elsif (!$option{filtered}) {
		$item->{part} ? show_part($item) : show_score($item);
	}
}

sub show_test
{
	my ($test) = @_;
	my $run = $test->{run};
	my $first = $test == $run->{tests}[0];
	my $ok = !@{$test->{wrong}};
	$test->{lost} = !$ok;
	return if $ok && $option{quiet};
	print "\$ $run->{shell}\n" if $first && $same && $option{verbose};
	printf "%s: %s%s\n", $test->{title}, $ok ? colored(32, 'OK') :
	    colored(31, $test->{extra} ? 'WRONG' : 'FAIL'),
	    $first && !$same ? sprintf(' (%.1fs)', $run->{took}) : '';
	return if $ok;
	# Sentences of an extra say it all
	$test->{explained} = explanation($run) if !$run->{explained}++
	    && !grep { /^wrong: / } @{$test->{wrong}};
	print map { "    $_\n" } @{$test->{wrong}},
	    split /\n/, $test->{explained} // '';
}

# Once for each machine: how it ended, and its last output.
sub explanation
{
	my ($run) = @_;
	my @lines = split /\r*\n/, $run->{output};
	my $from = max(0, @lines - SHOWN);
	return join "\n", "ended     $run->{ended}",
	    map({ "likely    $_" } causes($run)),
	    "command   $run->{shell}",
	    $run->{command} ? () : 'by hand   ' . by_hand($run),
	    "output    in jos.out.$run->{name}" . (@lines ? $from ?
		', the last ' . SHOWN . ' lines:' : ':' : ': none'),
	    map { "    $_" } @lines[$from .. $#lines];
}

# The command that starts this machine by hand.
sub by_hand
{
	my ($run) = @_;
	my $target = $run->{program} eq '' ? 'qemu-nox' :
	    "run-$run->{program}-nox";
	return join ' ', "make $target LAB=$run->{lab}",
	    $run->{cpus} ? "CPUS=$run->{cpus}" : (),
	    $same ? 'DETERMINISTIC=1' : (),
	    $run->{seed} ? "SEED=$run->{seed}" : ();
}

# Sort complaints, the one that says most first.
sub causes
{
	my ($run) = @_;
	my $out = $run->{output};
	my @causes = $run->{crash} // ();
	push @causes, "a program ended by $1 at $2"
	    if !@causes && $out =~ /^\ \ trap\ 0x\w+\ (.*?)\r*\n(?:\ .*\n)*
		Stack\ backtrace:\r*\n\ *trap\ at.*\n\s+(\S+:\ \S+)/mx;
	# Bits 2 to 0 of the error code are 2: it is about a gate
	push @causes, sprintf 'int %d was refused: its gate is not for ' .
	    'programs, or missing', hex($1) >> 3
	    if $out =~ /^  trap 0x0000000d .*\n  err  0x([0-9a-f]{7}[2a])/m;
	push @causes, $out =~ /(\[[0-9a-f]{8}\] user panic .*)/;
	my $cpus = $run->{cpus} // 1;
	push @causes, "$cpus CPUs were asked for, the kernel found $1"
	    if $out =~ /CPU 0 found (\d+) CPU/ && $1 != $cpus;
	push @causes, misplaced($run);
	return @causes if @causes || !$run->{late} || $run->{command};
	return 'the kernel stops before it can print' if $out !~ /\S/;
	return 'an endless loop' if $run->{ended} =~ /busy|more output/;
	return 'an endless loop, or all CPUs halt and nothing wakes them'
	    if $same;
	return 'all CPUs halt and nothing wakes them';
}

# Text that was expected and came, but not where a line begins.
sub misplaced
{
	my ($run) = @_;
	for my $missing (map { @{$_->{missing}} } @{$run->{tests}}) {
		return "'$missing->{text}' is there, but not at the " .
		    "beginning of a line"
		    if $run->{output} =~ /$missing->{text}/;
	}
	return ();
}

# The tests between this item and the one before it that $is looks for.
sub tests_before
{
	my ($item, $is) = @_;
	my @tests;
	for (@shows) {
		last if $_ == $item;
		@tests = () if $is->($_);
		push @tests, $_ if $_->{run};
	}
	return @tests;
}

sub score
{
	my (@tests) = @_;
	my $possible = sum0 map { $_->{points} } @tests;
	my $got = sum0 map { $_->{lost} ? 0 : $_->{points} } @tests;
	return "$got/$possible";
}

sub show_part
{
	my ($item) = @_;
	my @tests = tests_before($item,
	    sub { $_[0]{part} || defined $_[0]{heading} });
	printf "Part %s score: %s\n\n", $item->{part}, score(@tests);
}

sub show_score
{
	my ($item) = @_;
	my @tests = tests_before($item, sub { defined $_[0]{heading} });
	printf "Score: %s\n", score(@tests);
	print "\n" if $several;
}

# For --json and --junit: all there is to know by now
sub write_results
{
	my ($output) = @_;
	return if !defined $option{json} && !defined $option{junit};
	require Results;
	my @suites = { name => $0 =~ s{^\./}{}r, tests => [] };
	my $part = '';
	for my $item (reverse @shows, grep { exists $_->{lost} } @extras) {
		$part = $item->{part} // $part;
		push @{$suites[0]{tests}}, result($item, $part)
		    if $item->{run} && wanted($item);
		next if !defined $item->{heading};
		$suites[0]{name} = $item->{heading} || $suites[0]{name};
		unshift @suites, { tests => [] };
		$part = '';
	}
	$_->{tests} = [reverse @{$_->{tests}}] for @suites;
	my $results = { output => $output, seconds => time - $began,
	    cpu_seconds => sum0((times)[0 .. 3]),
	    suites => [grep { @{$_->{tests}} } @suites] };
	Results::json($option{json}, $results) if defined $option{json};
	Results::junit($option{junit}, $results) if defined $option{junit};
}

sub result
{
	my ($test, $part) = @_;
	my $run = $test->{run};
	return {
		name => $test->{title}, points => $test->{points},
		ended => exists $test->{lost}, wrong => $test->{wrong},
		seconds => $test == $run->{tests}[0] ? $run->{took} : 0,
		output => $test->{explained},
		tags => [$test->{extra} ? 'extra check'
		    : $part eq '' ? () : "part $part"],
	};
}

sub colored
{
	my ($color, $text) = @_;
	return $option{color} eq 'always' ? "\e[${color}m$text\e[0m" : $text;
}

sub quoted
{
	my ($word) = @_;
	return $word =~ m{^[\w/.,:=+-]+$} ? $word
	    : "'" . $word =~ s/'/'\\''/gr .
	    "'";
}

1;
