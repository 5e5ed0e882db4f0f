# tests/Schema.pm - do results have the form that other programs read?
#
# Entry points; both return what is wrong, as a list:
#   Schema::json(FILE)		against tests/results.schema.json, as far as
#				that uses JSON Schema: type, enum, $ref,
#				minimum, minLength, properties, required,
#				additionalProperties, items
#   Schema::junit(FILE)		against tests/junit.xsd, by xmllint
#   Schema::read_json(FILE)	the data

package Schema;
use strict;
use warnings;
use JSON::PP ();
use Source;

my $schema = 'tests/results.schema.json';

my %is = (
	object => sub { ref $_[0] eq 'HASH' },
	array => sub { ref $_[0] eq 'ARRAY' },
	string => sub { !ref $_[0] && !$is::number->($_[0]) },
	number => sub { $is::number->($_[0]) },
	integer => sub { $is::number->($_[0]) && $_[0] == int $_[0] },
);

# In JSON, 1 is a number and "1" is not.
BEGIN {
	$is::number = sub {
		defined $_[0] && !ref $_[0] &&
		    JSON::PP->new->allow_nonref->encode($_[0]) =~ /^[-\d]/;
	};
}

sub read_json
{
	return JSON::PP->new->utf8->decode(Source::read_file($_[0]));
}

sub json
{
	my ($file) = @_;
	my $data = eval { read_json($file) } // return "$file: $@";
	my $all = read_json($schema);
	return faults($data, $all, $all, '');
}

sub faults
{
	my ($data, $rule, $all, $at) = @_;
	if (my $ref = $rule->{'$ref'}) {
		$rule = $all;
		$rule = $rule->{$_} for $ref =~ m{([^#/]+)}g;
	}
	my $type = $rule->{type};
	return "$at is no $type" if $type && !$is{$type}->($data);
	return "$at is not one of @{$rule->{enum}}"
	    if $rule->{enum} && !grep { $_ eq ($data // '') } @{$rule->{enum}};
	return "$at is too small" if exists $rule->{minimum} &&
	    $data < $rule->{minimum} || length $data < ($rule->{minLength} // 0);
	return map({ faults($data->[$_], $rule->{items}, $all, "$at/$_") }
	    0 .. $#$data) if ref $data eq 'ARRAY';
	return if ref $data ne 'HASH';

	my $known = $rule->{properties} // {};
	return (map({ "$at lacks $_" }
	    grep { !exists $data->{$_} } @{$rule->{required} // []}),
	    map { $known->{$_} ? faults($data->{$_}, $known->{$_}, $all, "$at/$_")
		: exists $rule->{additionalProperties} ? "$at has a $_" : () }
		sort keys %$data);
}

sub junit
{
	my ($file) = @_;
	my $said = `xmllint --noout --schema tests/junit.xsd '$file' 2>&1`;
	return $? == 0 ? () : $said;
}

1;
