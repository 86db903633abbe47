/** Signatures under approvals, made and checked by ssh-keygen: over the plan's digest alone, so that anyone can check one by hand. */
import {existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {homedir, tmpdir} from 'node:os';
import path from 'node:path';
import {execa} from 'execa';
import {Refusal} from './refusal.ts';

/** Keeps a signature for this from counting as one for anything else that the key signs. */
export const signatureNamespace = 'holdpoint-approval';

export interface SignOptions {
	/** Of the plan. */
	digest: string;
	/** Path of a private key, or of a public one whose private half an agent has; absent: the first of the agent, then of ~/.ssh, that `allowedSigners` knows. */
	key?: string;
	/** Absolute path of the file that ssh-keygen(1) calls allowed signers. */
	allowedSigners: string;
	/** ssh-keygen may ask for a passphrase on the terminal; else only what needs none can sign. */
	mayAsk: boolean;
	environment: NodeJS.ProcessEnv;
}

/** The signature of a plan's digest, armoured. @throws Refusal 2 when no key can make one */
export async function signDigest({digest, key, allowedSigners, mayAsk, environment}: SignOptions): Promise<string> {
	return inFolder(async folder => {
		const chosen = key ?? await findKey({allowedSigners, mayAsk, environment, folder});
		const result = await execa('ssh-keygen', ['-Y', 'sign', '-f', chosen, '-n', signatureNamespace], {
			input: signedText(digest), reject: false, env: environment, extendEnv: false,
			// Without a terminal of its own there is nobody to ask, and nothing is drawn over a screen.
			...(mayAsk ? {stderr: 'inherit' as const} : {detached: true, env: {...environment, SSH_ASKPASS_REQUIRE: 'never'}}),
		});
		if (result.exitCode === 0) return result.stdout;
		throw new Refusal(2, `ssh-keygen could not sign with ${key ?? 'the chosen key'}: ${result.code === 'ENOENT' ? 'it is not installed (openssh-client)' : firstLine(result.stderr) || `exit ${result.exitCode}`}.`);
	});
}

export interface SignatureOptions {
	digest: string;
	signature: string;
	allowedSigners: string;
}

/** Why a signature does not prove that this person approved this digest; null when it does. `at`: when it was given, ISO 8601. */
export async function doubtSignature({digest, signature, allowedSigners, signer, at}: SignatureOptions & {signer: string; at: string}): Promise<string | null> {
	const time = `${at.replace(/\D/g, '').slice(0, 14)}Z`;
	return check({digest, signature, words: file => ['-Y', 'verify', '-f', allowedSigners, '-I', signer, '-n', signatureNamespace, '-s', file, '-O', `verify-time=${time}`]});
}

/** The same where nobody says who may sign: only whether the signature, by whatever key, is over this digest. */
export async function doubtUnnamedSignature({digest, signature}: Omit<SignatureOptions, 'allowedSigners'>): Promise<string | null> {
	return check({digest, signature, words: file => ['-Y', 'check-novalidate', '-n', signatureNamespace, '-s', file]});
}

/** Whom the file of allowed signers knows by the key of this signature. */
export async function findSigners({signature, allowedSigners}: Omit<SignatureOptions, 'digest'>): Promise<string[]> {
	return withSignature(signature, async file => {
		const result = await execa('ssh-keygen', ['-Y', 'find-principals', '-f', allowedSigners, '-s', file], {reject: false});
		return result.exitCode === 0 ? result.stdout.split(/[\n,]/).map(name => name.trim()).filter(name => name !== '') : [];
	});
}

/** `echo DIGEST` gives the same bytes. */
function signedText(digest: string): string {
	return `${digest}\n`;
}

async function check({digest, signature, words}: {digest: string; signature: string; words: (file: string) => string[]}): Promise<string | null> {
	return withSignature(signature, async file => {
		const result = await execa('ssh-keygen', words(file), {input: signedText(digest), reject: false});
		if (result.exitCode === 0) return null;
		if (result.code === 'ENOENT') return 'ssh-keygen, which proves signatures, is not installed here (openssh-client)';
		return `ssh-keygen: ${firstLine(result.stderr) || firstLine(result.stdout) || `exit ${result.exitCode}`}`;
	});
}

/** A key that would count: asking a person for the passphrase of another would be for nothing. @throws Refusal 2 */
async function findKey({allowedSigners, mayAsk, environment, folder}: Omit<SignOptions, 'digest' | 'key'> & {folder: string}): Promise<string> {
	if (!existsSync(allowedSigners)) throw new Refusal(2, `The file of allowed signers is not there: ${allowedSigners}; correct \`approvals.allowed_signers\` in holdpoint.yaml.`);
	const known = readFileSync(allowedSigners, 'utf8');
	const counts = (line: string) => known.includes(line.split(/\s+/).slice(0, 2).join(' '));
	const agent = await execa('ssh-add', ['-L'], {reject: false, env: environment, extendEnv: false});
	const held = agent.exitCode === 0 ? agent.stdout.split('\n').find(line => counts(line)) : undefined;
	if (held !== undefined) {
		const file = path.join(folder, 'key.pub');
		writeFileSync(file, `${held}\n`);
		return file;
	}
	const home = path.join(environment['HOME'] ?? homedir(), '.ssh');
	const files = mayAsk ? ['id_ed25519', 'id_ecdsa', 'id_ed25519_sk', 'id_ecdsa_sk', 'id_rsa'].map(name => path.join(home, name)) : [];
	const file = files.find(each => existsSync(`${each}.pub`) && counts(readFileSync(`${each}.pub`, 'utf8')));
	if (file !== undefined) return file;
	throw new Refusal(2, mayAsk
		? `Neither the SSH agent nor ~/.ssh has a key that ${allowedSigners} knows; name one: \`holdpoint approve --sign KEY\`.`
		: `The SSH agent has no key that ${allowedSigners} knows; \`holdpoint approve --sign\` in a shell signs with one of ~/.ssh and asks for its passphrase.`);
}

async function withSignature<T>(signature: string, use: (file: string) => Promise<T>): Promise<T> {
	return inFolder(async folder => {
		const file = path.join(folder, 'signature');
		writeFileSync(file, `${signature.trim()}\n`);
		return use(file);
	});
}

async function inFolder<T>(use: (folder: string) => Promise<T>): Promise<T> {
	const folder = mkdtempSync(path.join(tmpdir(), 'holdpoint-signature-'));
	try {
		return await use(folder);
	} finally {
		rmSync(folder, {recursive: true, force: true});
	}
}

function firstLine(text: string | undefined): string {
	return text?.trim().split('\n', 1)[0] ?? '';
}
