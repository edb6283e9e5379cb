/** What is wrong with a request; the names are those that OpenAI uses where it has one. */
export type RequestErrorCode =
  | 'missing_required_parameter'
  | 'invalid_value'
  | 'unsupported_value'
  | 'duplicate_parameter'
  | 'model_not_found'
  | 'unsupported_operation'
  | 'unsupported_content_type'
  | 'not_found';

const STATUS: Readonly<Record<RequestErrorCode, number>> = {
  missing_required_parameter: 400,
  invalid_value: 400,
  unsupported_value: 400,
  duplicate_parameter: 400,
  model_not_found: 404,
  unsupported_operation: 400,
  unsupported_content_type: 415,
  not_found: 404,
};

/** A mistake in a request that sending it again will not mend. */
export class RequestError extends Error {
  override readonly name = 'RequestError';
  readonly code: RequestErrorCode;
  /** The field that is wrong; undefined when it is the request itself. */
  readonly param: string | undefined;

  constructor(code: RequestErrorCode, message: string, param?: string) {
    super(message);
    this.code = code;
    this.param = param;
  }

  get status(): number {
    return STATUS[this.code];
  }
}
