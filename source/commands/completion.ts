/** `holdpoint completion`: shell completion for bash, zsh and fish. */
import {Refusal} from '../journal/refusal.ts';
import {kebab, wordOf, type Command} from './command.ts';
import {commands} from './index.ts';
import {globalFlags} from './global-flags.ts';

export const command: Command = {
	usage: 'completion bash|zsh|fish',
	says: 'Shell completion: `eval "$(holdpoint completion bash)"`, or keep it where your shell looks.',
	words: 1,
	needs: 'nothing',
	async run(call) {
		const shell = wordOf(call, {command: 'completion', name: 'bash|zsh|fish'});
		const write = {bash, zsh, fish}[shell];
		if (!write) throw new Refusal(2, `There is completion for bash, zsh and fish, not for ${JSON.stringify(shell)}.`);
		call.output.raw(write(await listOptions()));
		return 0;
	},
};

interface Offer {
	name: string;
	says: string;
	options: string[];
}

/** Every command with its options, as the commands themselves declare them. */
async function listOptions(): Promise<Offer[]> {
	return Promise.all(Object.entries(commands).map(async ([name, {says, load}]) => {
		const flags = await load().then(({command: {flags}}) => flags ?? {}, () => ({}));
		return {name, says, options: Object.keys({...flags, ...globalFlags}).map(flag => `--${flag === 'color' ? 'no-color' : kebab(flag)}`)};
	}));
}

function bash(offers: Offer[]): string {
	return `_holdpoint() {
	local word="\${COMP_WORDS[COMP_CWORD]}" command="" each
	for each in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
		case "$each" in -*) ;; *) command="$each"; break ;; esac
	done
	case "$command" in
		"") COMPREPLY=($(compgen -W "${offers.map(({name}) => name).join(' ')} --help --version" -- "$word")) ;;
${offers.map(({name, options}) => `		${name}) case "$word" in -*) COMPREPLY=($(compgen -W "${options.join(' ')}" -- "$word")) ;; esac ;;`).join('\n')}
	esac
}
complete -o default -F _holdpoint holdpoint
`;
}

function zsh(offers: Offer[]): string {
	return `#compdef holdpoint
_holdpoint() {
	local -a commands
	commands=(
${offers.map(({name, says}) => `		${quote(`${name}:${says}`)}`).join('\n')}
	)
	if (( CURRENT == 2 )); then _describe command commands; return; fi
	case "$words[2]" in
${offers.map(({name, options}) => `		${name}) [[ "$PREFIX" == -* ]] && compadd -- ${options.join(' ')} || _files ;;`).join('\n')}
		*) _files ;;
	esac
}
compdef _holdpoint holdpoint
`;
}

function fish(offers: Offer[]): string {
	const lines = offers.flatMap(({name, says, options}) => [
		`complete -c holdpoint -n __fish_use_subcommand -f -a ${name} -d ${quote(says)}`,
		...options.map(option => `complete -c holdpoint -n '__fish_seen_subcommand_from ${name}' -l ${option.slice(2)}`),
	]);
	return `${lines.join('\n')}\n`;
}

function quote(text: string): string {
	return `'${text.replaceAll('\'', '\'\\\'\'')}'`;
}
