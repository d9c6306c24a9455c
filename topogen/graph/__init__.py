"""The fabric as networkx graphs: by device group, by place, or link by link.

All are ``MultiGraph``; parallel edges are link groups, or in the link graph the physical links. On every
edge ``rate_gbps`` is per direction and ``media`` names the medium of the a end and of the b end (None without
one); an undirected edge does not know which of its nodes is which end, so ``a`` names that of the a end, and
``a_is_lower`` tells it in the link graph. A far end that is not in the model is a node of role ``outside``:
shown, never bought.
"""
