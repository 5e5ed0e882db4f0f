// kern/firstenv.c - the lab that this kernel was built for.
//
// This file alone is compiled with -DLAB and -DTEST.
