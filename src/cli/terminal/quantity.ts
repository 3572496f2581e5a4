export { formatBytes, formatCount, formatElapsed, formatRatio, plural } from '../../operate/amounts.ts';
