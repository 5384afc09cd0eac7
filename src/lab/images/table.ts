import { debian } from './debian.ts';
import { docker } from './docker.ts';
import { elLike } from './el-like.ts';
import type { Image } from './image.ts';
import { sysv } from './sysv.ts';
import { ubuntuLike } from './ubuntu-like.ts';
import { web } from './web.ts';

const images = { debian, docker, web, 'ubuntu-like': ubuntuLike, 'el-like': elLike, sysv } as const satisfies Record<string, Image>;

/** What `lab_image` may say. */
export type ImageName = keyof typeof images;

export const imageNames = Object.keys(images) as ImageName[];
export const isImageName = (name: string): name is ImageName => Object.hasOwn(images, name);
export const image = (name: ImageName): Image => images[name];
