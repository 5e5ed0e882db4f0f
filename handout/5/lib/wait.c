void
wait(envid_t env)
{
	assert(env != 0);

	const volatile struct Env *e = &envs[ENVX(env)];

	while (e->env_id == env && e->env_status != ENV_FREE)
		sys_yield();
}
