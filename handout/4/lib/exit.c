void
exit(void)
{
	for (;;)
		sys_env_destroy(0);
}
