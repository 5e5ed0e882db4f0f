// End env unless it may use all of [va, va+len) from user mode as perm says; if
// env is curenv, this does not return then.
void
user_mem_assert(struct Env *env, const void *va, size_t len, int perm)
{
	if (user_mem_check(env, va, len, perm | PTE_U) == 0)
		return;
	cprintf("[%08x] user_mem_check assertion failure for va %08x\n",
		env->env_id, user_mem_check_addr);
	env_destroy(env);
}
