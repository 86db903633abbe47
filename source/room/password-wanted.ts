/** The server wants a password that nobody has given, and whoever connects has nobody to ask: whoever started it may have. */
import {Refusal} from '../journal/refusal.ts';

export class PasswordWanted extends Refusal {
	/** As it is put to a person. */
	readonly question: string;

	/** @param why what is said where nobody can be asked */
	constructor(question: string, why: string) {
		super(2, why);
		this.question = question;
	}
}
