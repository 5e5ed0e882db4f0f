# tools/lib/Results.pm - what a grader found, in files for other programs.
#
# Entry points:
#   Results::json(FILE, RESULTS)	Gradescope's results.json
#   Results::junit(FILE, RESULTS)	JUnit's XML
#   Results::classroom(FILE)	what Gradescope's FILE says, as a step's result for
#				GitHub Classroom's grading reporter
#
# RESULTS is { output => TEXT, seconds => N, cpu_seconds => N, suites => [...]
# }, where output is about all tests.  A suite is { name => NAME, tests =>
# [...] }, and a test is a hash of
#   name, points	its title, and how many points it gives
#   ended		true if it ran to its end
#   wrong		what was wrong, as a list of lines
#   seconds, output, tags	as far as there are any
#
# A file is whole at any time: a grader writes it anew after each test, and a
# grader that is stopped leaves what it found until then.

package Results;
use strict;
use warnings;
use JSON::PP ();
use List::Util qw(sum0);
use MIME::Base64 qw(encode_base64);

sub json
{
	my ($file, $results) = @_;
	my @tests = map { @{$_->{tests}} } @{$results->{suites}};

	replace($file, JSON::PP->new->canonical->pretty->ascii->encode({
		score => sum0(map { points($_) } @tests),
		execution_time => int $results->{seconds},
		output => plain($results->{output}),
		output_format => 'text',
		visibility => 'visible',
		stdout_visibility => 'visible',
		extra_data => { cpu_seconds => int $results->{cpu_seconds} },
		tests => [map { json_test($_) } @tests],
	}));
}

sub json_test
{
	my ($test) = @_;
	return {
		name => plain($test->{name}), name_format => 'text',
		score => points($test), max_score => $test->{points} + 0,
		status => passed($test) ? 'passed' : 'failed',
		output => plain(text($test)), output_format => 'text',
		tags => $test->{tags} // [], visibility => 'visible',
	};
}

sub classroom
{
	my ($file) = @_;
	open my $fh, '<', $file or die "$file: $!\n";
	my $found = JSON::PP->new->decode(join '', <$fh>);
	my @tests = @{$found->{tests}};

	return encode_base64(JSON::PP->new->canonical->ascii->encode({
		version => 1,
		max_score => sum0(map { $_->{max_score} } @tests),
		status => (grep { $_->{status} ne 'passed' } @tests)
		    ? 'fail' : 'pass',
		tests => [map { +{
			name => $_->{name} =~ s/^\s+//r,
			status => $_->{status} eq 'passed' ? 'pass' : 'fail',
			score => $_->{score}, message => $_->{output},
			test_code => '', filename => '', line_no => 0,
			duration => 0,
		} } @tests],
	}), '');
}

sub junit
{
	my ($file, $results) = @_;
	my @suites = @{$results->{suites}};

	replace($file, qq{<?xml version="1.0" encoding="UTF-8"?>\n} .
	    element('testsuites', counts(map { @{$_->{tests}} } @suites),
	    map { junit_suite($_, $results->{output}) } @suites));
}

sub junit_suite
{
	my ($suite, $output) = @_;
	my @tests = @{$suite->{tests}};
	my %points = (score => sum0(map { points($_) } @tests),
	    max_score => sum0(map { $_->{points} } @tests));

	return element('testsuite', [name => $suite->{name},
	    @{counts(@tests)}],
	    element('properties', [], map { element('property',
		[name => $_, value => $points{$_}]) } sort keys %points),
	    map({ junit_test($suite, $_) } @tests),
	    $output eq '' ? ()
		: element('system-out', [], escaped($output)));
}

sub junit_test
{
	my ($suite, $test) = @_;
	my $how = $test->{ended} ? 'failure' : 'error';

	return element('testcase', [classname => $suite->{name},
	    name => $test->{name} =~ s/^\s+//r, time => seconds($test)],
	    passed($test) ? () : element($how,
		[message => $test->{wrong}[0] // 'it has not ended'],
		escaped(text($test))));
}

sub counts
{
	my (@tests) = @_;
	my @errors = grep { !$_->{ended} } @tests;
	my @failures = grep { $_->{ended} && !passed($_) } @tests;

	return [tests => scalar @tests, failures => scalar @failures,
	    errors => scalar @errors,
	    time => sprintf '%.3f', sum0 map { seconds($_) } @tests];
}

# An element, whose content has lines of its own if it is elements
sub element
{
	my ($name, $attributes, @content) = @_;
	my @pairs = @$attributes;
	my $head = $name;

	while (my ($key, $value) = splice @pairs, 0, 2) {
		$head .= qq{ $key="} . escaped($value) =~ s/\n/&#10;/gr . '"';
	}
	return "<$head/>\n" if !@content;
	my $text = join '', @content;
	return $text =~ /\A</ ? "<$head>\n$text</$name>\n"
	    : "<$head>$text</$name>\n";
}

sub escaped
{
	my %entity = ('&' => '&amp;', '<' => '&lt;', '>' => '&gt;',
	    '"' => '&quot;');
	return plain($_[0]) =~ s/([&<>"])/$entity{$1}/gr;
}

# A machine prints any bytes.  XML has no way to say most control characters.
sub plain
{
	my ($text) = @_;
	return ($text // '') =~ s/\r+$//mgr
	    =~ s/([^\t\n -~])/sprintf '\\x%02x', ord $1/ger;
}

sub passed { return $_[0]{ended} && !@{$_[0]{wrong}} }
sub points { return passed($_[0]) ? $_[0]{points} : 0 }
sub seconds { return sprintf '%.3f', $_[0]{seconds} // 0 }

sub text
{
	my ($test) = @_;
	my @lines = $test->{ended} ? @{$test->{wrong}} : 'it has not ended';
	return join "\n", @lines, $test->{output} // ();
}

sub replace
{
	my ($file, $text) = @_;
	open my $fh, '>', "$file.new" or die "$file.new: $!\n";
	print $fh $text;
	close $fh or die "$file.new: $!\n";
	rename "$file.new", $file or die "$file: $!\n";
}

1;
