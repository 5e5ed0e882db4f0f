echo hello from the shell | cat
cat lorem
cat lorem | num
cat lorem | num | num | num | num | num
lsfd -1 >fds
cat fds
cat script
sh <script
