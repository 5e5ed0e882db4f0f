// Set lab from fw_cfg opt/jos/lab, or to the lab that the kernel was built for.
void lab_init(void);
