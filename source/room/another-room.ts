/** Another room was there first: on the target, or on its run. Whoever wanted to open one may come into that one. */
import {Refusal} from '../journal/refusal.ts';

export class AnotherRoom extends Refusal {
	constructor(sentence: string) {
		super(3, sentence);
	}
}
