/* Loaded only where a Parquet file is read or written. */
export { parquetMetadata } from 'hyparquet';
export { ByteWriter, ParquetWriter } from 'hyparquet-writer';
