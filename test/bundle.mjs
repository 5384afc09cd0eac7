// Tests that run vipctl as a process of its own run what a user runs.
export { bundle as setup } from '../src/build/bundle.mjs';
