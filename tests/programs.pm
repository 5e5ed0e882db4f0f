# tests/programs.pm - what each program in user/ and tests/user/ must say.
#
# A list of NAME => { options of a test, see tools/lib/Grade.pm }, read by
# tests/run and tools/repeat.  Programs run as the first after the file server
# (lab 5), which is environment 1000, so they are 1001, and their first child
# is 1002.  They run with 1, 2 and 4 CPUs unless `on` says otherwise.
#
# Not here: idle and fairness, which never end and have nothing to say that
# could be wrong; breakac and testticks (tests/run); and programs that only
# others start (init, sh, ...).

my $ended = 'No runnable environments in the system!';
sub trap { sprintf '  trap 0x%08x %s', @_ }
sub err { sprintf '  err  0x%08x', @_ }
sub fault { ".00001001. user fault va $_[0] ip 008....." }
sub bad_pointer { ".00001001. user_mem_check assertion failure for va $_[0]" }
my @never = ('kernel panic', '.*user panic', '.*kernel warning');

sub says { return { want => [@_, $ended], never => \@never } }
sub says_but { my $never = shift; return { want => [@_, $ended],
    never => [@never, @$never] } }

my @lorem = lines('fs/lorem');
my @primes = (2, 3, 5, 7, 11, 997);

my @tests = (
# Lab 3: one environment, what it may do and what not
hello => says('hello, world', 'i am environment 00001001'),
divzero => says_but(['1/0 is'], trap(0, 'Divide error')),
breakpoint => { want => [trap(3, 'Breakpoint')], never => \@never },
softint => says(trap(13, 'General Protection'), err(0x72)),
badsegment => says(trap(13, 'General Protection'), err(0x28)),
faultread => says_but(['I read'], fault('00000000'), err(4)),
faultreadkernel => says_but(['I read'], fault('f0100000'), err(5)),
faultwrite => says(fault('00000000'), err(6)),
faultwritekernel => says(fault('f0100000'), err(7)),
testbss => says_but(['SHOULD HAVE'], 'Yes, good.', fault('00c.....')),
buggyhello => says(bad_pointer('00000001')),
buggyhello2 => says_but(['hello, world'], bad_pointer('0....000')),
evilhello => says(bad_pointer('f010000c')),

# Lab 4: more of them, on more CPUs
yield => says('Hello, I am environment 00001001\.$',
    map({ "Back in environment 00001001, iteration $_\\.\$" } 0 .. 4),
    'All done in environment 00001001\.$'),
'yield,yield,yield' => says(map { my $id = $_; map({ "Back in environment " .
    "0000$id, iteration $_\\.\$" } 0 .. 4) } 1001 .. 1003),
testorder => { %{says('testorder ok')}, on => [1] },
dumbfork => says(map({ "$_: I am the parent!\$" } 0 .. 9),
    map({ "$_: I am the child!\$" } 0 .. 19)),
stresssched => says_but(['.*ran on two CPUs', '.*never had its turn'],
    map { ".000010...? stresssched on CPU " } 1),
faultdie => says('i faulted at va deadbeef, err 6$'),
faultregs => says_but(['.*MISMATCH'], 'Registers in UTrapframe OK',
    'Registers after page-fault OK'),
faultalloc => says('fault deadbeef$',
    'this string was faulted in at deadbeef$', 'fault cafebffe$',
    'fault cafec000$', 'this string was faulted in at cafebffe$'),
faultallocbad => says(bad_pointer('deadbeef')),
faultnostack => says(bad_pointer('eebfff..')),
faultbadhandler => says(bad_pointer('(deadb|eebfe)...')),
faultevilhandler => says(bad_pointer('(f0100|eebfe)...')),
forktree => says(map { "....: I am '$_'\$" } '', qw(0 1 00 01 10 11
    000 001 010 011 100 101 110 111)),
testsforktree => says(map { "....: I am '$_'\$" } '', qw(0 1 00 01 10 11
    000 001 010 011 100 101 110 111)),
sendpage => says('.* got message: hello child environment! how are you\?$',
    'child received correct message$',
    '.* got message: hello parent environment! I\'m good\.$',
    'parent received correct message$'),
# Only with one thread of the host has its child surely run when it is killed
spin => { %{says(map({ "I am the parent.  $_ the child...\$" }
    qw(Forking Running Killing)), 'I am the child.  Spinning...$')},
    threads => 'single', widen => undef },
pingpong => says('send 0 from 1001 to 1002$', map({
    my ($to, $from) = $_ % 2 ? (1001, 1002) : (1002, 1001);
    "$to got $_ from $from\$" } 0 .. 10)),
pingpongs => says('send 0 from 1001 to 1002$',
    map { ".* got $_ from " } 0 .. 10),
# The kernel's line about the next environment ends each of these, in lab 4
primes => { want => [map { "CPU .: $_ " } @primes, 1877],
    never => \@never, until => 'CPU .: 1877', lab => 4 },

# Lab 5: files, programs on disk, pipes
faultio => says_but(['.*made it here', 'eflags wrong'],
    trap(13, 'General Protection')),
spawnfaultio => says_but(['.*made it here', 'eflags wrong'],
    'i am parent environment 00001001$', trap(13, 'General Protection')),
spawnhello => says('i am parent environment 00001001$', 'hello, world$',
    'i am environment 00001002$'),
spawninit => { want => ['i am parent environment 00001001$', 'init: running$',
    'init: data seems okay$', 'init: bss seems okay$',
    "init: args: 'init' 'one' 'two'\$", 'init: starting sh$', '\$ '] },
initsh => { want => ['initsh: running sh$', 'init: starting sh$', '\$ '] },
icode => { want => ['icode startup', 'icode: open /motd', 'icode: read /motd',
    lines('fs/motd'), 'icode: close /motd', 'icode: spawn /init',
    '(?:\$ )?icode: exiting', "init: args: 'init' 'initarg1' 'initarg2'",
    'init: starting sh', '\$ '] },
testfile => says(map { "$_ is good" } qw(serve_open file_stat file_read
    file_close file_write open), 'stale fileid',
    'file_read after file_write', 'large file'),
testfdsharing => { want => ['read in child succeeded',
    'read in parent succeeded'] },
testpteshare => { want => ['fork handles PTE_SHARE right',
    'spawn handles PTE_SHARE right'] },
testptelibrary => says_but(['.*wrong'], 'fork handles PTE_SHARE right',
    'spawn handles PTE_SHARE right'),
testpipe => says('pipe read closed properly', 'pipe write closed properly',
    'pipe tests passed'),
testpiperace => says_but(['.*RACE', 'child detected race'],
    "race didn't happen"),
testpiperace2 => says_but(['.*RACE'], "race didn't happen"),
primespipe => { want => [map { "$_\$" } @primes],
    never => [@never, map { "$_\$" } 0, 1, 4, 6, 9, 15, 49, 143, 667, 899],
    until => '[0-9]{4}$' },
writemotd => says('file descriptors \d+ \d+', 'OLD MOTD', lines('fs/motd'),
    'NEW MOTD', lines('fs/newmotd')),
testshell => { want => ['shell ran correctly'],
    never => ['shell produced incorrect'] },
testkbd => { want => ['hello, keyboard$', 'rubbed out$', '.*\(end of file'],
    type => [['^Type a line: ', "hello, keyboard\n"],
	['^Type a line: ', "rubbish\b\b\b\bbed outt\x7f\n"],
	['^Type a line: ', "\x04"]] },

# A panic ends the program, and shows how it came there
testbacktrace => { want => ['.*user panic in .* at ' .
	'tests/user/testbacktrace.c:\d+: depth 3',
    trap(3, 'Breakpoint'), 'Stack backtrace:',
    (map { " +tests/user/testbacktrace.c:\\d+: $_\\+\\d+\$" }
	qw(innermost middle outermost umain)),
    ' +lib/libmain.c:\d+: libmain\+\d+$', $ended],
    never => ['kernel panic', 'a panic returned'] },

# What ends each of its children, in turn
testtraps => { %{says('testtraps ok$')}, by => sub {
	my ($output) = @_;
	my $got = join ' ', map { hex } $output =~ /^  trap 0x(\w+) /mg;
	my $want = '0 1 3 3 4 4 5 6 13 14 16';
	return $got eq $want ? () : "exceptions $got, not $want";
} },

# Of each fault that is no copy-on-write, fork's handler says where it was
testforkfault => { want => ['testforkfault ok$', $ended],
    never => ['kernel panic', 'child . goes on'], by => sub {
	my $got = join ', ', $_[0] =~ /page fault: (\w+ va \w+) at/g;
	my $want = join ', ', 'writing va 0a000000', map {
	    ("writing va $_", "reading va $_") } qw(0a001000 b0000000 f0000000);
	return $got eq $want ? () : "faults: $got; expected: $want";
} },

# Two of its children end for want of memory, and only they
testallocfail => { want => [trap(7, 'Device Not Available'),
    '.*user panic in .* copy on write of', 'testallocfail ok$', $ended],
    never => ['kernel panic'], debug => 'check' },

# No line is printed twice, and none is lost
testcputs => { want => ['testcputs ok$', $ended], never => \@never, by => sub {
	my %seen;
	$seen{$1}++ while $_[0] =~ /line (\d{3})/g;
	my @wrong = grep { ($seen{$_} // 0) != 1 } '000' .. '999';
	return @wrong ? "lines lost or printed twice: @wrong" : ();
} },

# With little memory and two CPUs that run at the same time, it is often gone
# before the server has begun.
testbootmem => { want => ['testbootmem ok$', $ended],
    never => ['kernel panic', '.*file server ended'], threads => 'multi', on => [1, 2],
    extra => ['-m', 6] },

# With one CPU its targets are never running, and only time passes
testrunning => { %{says('testrunning ok$')}, on => [2, 4] },

# With one CPU there is nobody to bring it back
testvm86 => { %{says('testvm86 ok$')}, on => [2, 4] },

# Interrupts that nobody asked for: each kind is reported once
testirq => { lab => 4, want => ['testirq done$', (map {
	"Spurious interrupt on irq $_\$" } 2, 7, 13, 14), 'Local APIC error',
    'NMI$', $ended], never => [@never, '  trap 0x0000002'], status => 0,
    by => sub { (() = $_[0] =~ /^Spurious.* irq 2$/mg) == 1 ? ()
	: 'irq 2 is not reported once' },
    type => [(map { ['K> ', "irq $_\n"] } 34, 34, 39, 45, 46, 51, 2, 34, 40,
	2), ['K> ', "poweroff\n"]] },

# The file server dies; the ids are those that its slot has one after the other
testrestart => { want => ['testrestart ok$',
    ('The file server ended; starting it again$') x 4, $ended],
    never => \@never, debug => 1,
    type => [(map { (['^K> ', "kill ${_}000\n"], ['^K> ', "continue\n"]) }
	1 .. 4), ['^testrestart ok', '']] },

# The file server with little memory for blocks
testcache => { %{says('testcache ok$')}, fsargs => 'bcache=32', args => 32 },

# More steps, and what a power cut leaves of them: tests/test-crash
testcrash => { %{says('testcrash ok$')}, fsargs => 'bcache=16',
    type => [map { ['step> ', "$_\n"] } 'A 12', 'B 11', 'A -3', 'A 9', 'B !',
	'A .', 'sync', 'A !', 'end'] },

# It asks how long the CPU was idle
testreap => { %{says('testreap ok$')}, debug => 1 },

testlease => { %{says('testlease ok$')}, fsargs => 'bcache=16',
    threads => 'multi' },
testshortage => { %{says('testshortage ok$')}, fsargs => 'bcache=16',
    extra => ['-m', 16], debug => 'check' },

# The file server dies while its disk writes to memory
testdma => { %{says('testdma ok$')}, debug => 1, slow => 16384,
    patience => 20, extra => ['-m', 16], on => [1, 2],
    type => [['^K> ', "kill 1000\n"], ['^K> ', "continue\n"],
	['^testdma ok', '']] },

# These take all memory several times, so less of it is sooner done.
map({ $_ => { %{says("$_ ok\$")}, extra => ['-m', 16] } }
    qw(fsneg testelf testhostile testpipeabuse)),

# These have the kernel look for faults meanwhile
map({ $_ => { %{says("$_ ok\$")}, debug => 'check' } }
    qw(crashme sysfuzz fsfuzz sysneg testbootmark testqueue)),
);

# The others of ours: each says so when it is content.  Not bench (tools/bench),
# which needs a disk of its own, nor soak, which does not end by itself
# (tools/soak).
my %named = (@tests, testticks => {}, soak => {}, bench => {}, testmalloc => {});
return (@tests, map { $_ => says("$_ ok\$") }
    grep { !$named{$_} } own_tests());

# Programs that print "NAME ok".
sub own_tests
{
	my @names;
	for my $file (glob 'user/*.c tests/user/*.c') {
		my ($name) = $file =~ m{(\w+)\.c$};
		push @names, $name if grep { /"$name ok/ } lines_of($file);
	}
	return @names;
}

sub lines_of
{
	my ($file) = @_;
	open my $fh, '<', $file or die "$file: $!\n";
	return <$fh>;
}

# The lines of a text as patterns.
sub lines
{
	my ($file) = @_;
	return map { "\Q$_\E" } map { s/\n//r } grep { /\S/ } lines_of($file);
}
