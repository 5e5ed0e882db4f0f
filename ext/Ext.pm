# ext/Ext.pm - for the tests of extensions: `use Ext 'buddy'` switches one on.
#
# Comes before `use Grade`.  All these tests share a build in obj/ext, which has
# every extension: only one `make' at a time may bring it up to date, and
# ext/check does so before it starts them.

package Ext;
use strict;
use warnings;

sub import
{
	my ($class, @names) = @_;
	$ENV{EXT} = join(',', @names) || 'none';
	@ENV{qw(OBJDIR LAB)} = ('obj/ext', 5);
	delete @ENV{qw(MAKEFLAGS MAKELEVEL MFLAGS MAKEOVERRIDES)};
}

1;
