/** An error as it is logged: its story for a developer, without what PostgreSQL quotes of rows and parameters. */
export function logErrorOf(error: unknown): object {
  if (!(error instanceof Error)) return { message: String(error) };
  return {
    name: error.name,
    message: error.message,
    ...('code' in error && { code: error.code }),
    ...('constraint' in error && { constraint: error.constraint }),
    stack: error.stack,
    ...(error.cause !== undefined && { cause: logErrorOf(error.cause) }),
  };
}
