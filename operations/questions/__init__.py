"""Questions about vehicle data: what may be asked, by whom, who must agree, and what is kept of it."""
