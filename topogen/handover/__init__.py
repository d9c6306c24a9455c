"""Every link handed over to other graph libraries, from columns: the optional extra ``graphs``."""
