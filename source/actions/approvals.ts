/** Which approvals still count as signed: the record's word is not enough, the signature itself is proven again. */
import type {Settings} from '../config/settings.ts';
import {Refusal} from '../journal/refusal.ts';
import {doubtSignature} from '../journal/signatures.ts';
import type {Approval} from '../journal/shapes/run.ts';

/** The approvals of a digest, each `signed` only if its signature holds by the file of allowed signers as it is now. Where none are required they are left as they are. */
export async function proveApprovals({approvals, digest, settings}: {approvals: readonly Approval[]; digest: string; settings: Pick<Settings, 'approvals'>}): Promise<Approval[]> {
	const {required, allowedSigners} = settings.approvals;
	const given = approvals.filter(approval => approval.digest === digest);
	if (required === 0) return given;
	if (allowedSigners === null) throw new Refusal(2, '`approvals.required` in holdpoint.yaml asks for signed approvals, but `approvals.allowed_signers` does not say whose signatures count; name that file.');
	return Promise.all(given.map(async approval => {
		const {signed, signature, by: signer, at} = approval;
		return {...approval, signed: signed && signature !== undefined && await doubtSignature({digest, signature, allowedSigners, signer, at}) === null};
	}));
}
