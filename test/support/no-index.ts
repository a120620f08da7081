/** The environment of someone whose pip is told to use no package index: nothing is fetched, by pip or by us. */
export const NO_INDEX = { PIP_NO_INDEX: '1', PIP_CONFIG_FILE: '/dev/null', UV_NO_CONFIG: '1' } as const;
