#!/usr/bin/env perl
# mergedep.pl - gather what the compiler found out about headers.
#
#	mergedep.pl DEPS FILE.d...
#
# Each FILE.d holds rules "object: source header...".  DEPS gets them all but
# the source, which a Makefrag names, and which may move to another folder; and
# it keeps the rules it had, a new one replacing the one for the same object.
# The FILE.d are then removed.  Each header is a target too, one without a
# rule, so that make does not stop when a header is gone.

use strict;
use warnings;

die "usage: mergedep.pl DEPS FILE.d...\n" if !@ARGV;
my ($deps, @fragments) = @ARGV;

my %needs;			# object => what it was made from
for my $file (grep { -e } $deps, @fragments) {
	open my $in, '<', $file or die "$file: $!\n";
	my $text = join '', <$in>;
	$text =~ s/\\\n//g;
	while ($text =~ /^([^:#\n]+?)\s*:[ \t]*(\S.*)$/mg) {
		$needs{$1} = [grep { !/\.[cS]$/ } split ' ', $2];
	}
}

open my $out, '>', "$deps.new" or die "$deps.new: $!\n";
my %files;
for my $object (sort keys %needs) {
	print $out "$object: @{$needs{$object}}\n";
	$files{$_} = 1 for @{$needs{$object}};
}
print $out "$_:\n" for sort grep { /\.h$/ } keys %files;
close $out or die "$deps.new: $!\n";
rename "$deps.new", $deps or die "$deps: $!\n";
unlink @fragments;
