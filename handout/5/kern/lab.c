// kern/lab.c - the table of labs, and which lab this kernel runs.
//
// Entry points: lab_init, lab.

void
lab_init(void)
{
	const int last = ARRAY_SIZE(labs) - 1;
	int number = built_lab;
	char told[8];

	if (fwcfg_string("opt/jos/lab", told, sizeof(told)) >= 0)
		number = strtol(told, NULL, 10);
	if (number < 1 || number > last) {
		cprintf("There is no lab %d; this is lab %d.\n", number, last);
		number = last;
	}
	lab = &labs[number];
}
