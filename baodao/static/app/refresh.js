/* A page about work that is going on looks again every two seconds; without scripts its link does the same. */
"use strict";
setTimeout(() => location.reload(), 2000);
