struct FdFile {
	int id;				// the file server's id of the open file
};
