/** The smallest program that Ink can draw, to hold a start against. */
import {createElement} from 'react';
import {render, Text} from 'ink';

render(createElement(Text, null, 'Hello'));
setTimeout(() => undefined, 10_000);
