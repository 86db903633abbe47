/** The options that every command has. */

export const globalFlags = {
	project: {type: 'string'},
	config: {type: 'string'},
	database: {type: 'string'},
	environment: {type: 'string'},
	readOnly: {type: 'boolean'},
	run: {type: 'string'},
	stateDir: {type: 'string'},
	json: {type: 'boolean'},
	yes: {type: 'boolean'},
	color: {type: 'boolean', default: true},
	help: {type: 'boolean'},
	version: {type: 'boolean'},
} as const;
