import { AwsFault, fieldsOf, type AwsRequest } from './aws-fault.ts';

type Item = Record<string, Record<string, unknown>>;

/** Tables of DynamoDB: as much of the expressions as the handlers use. */
export class DynamoStub {
  /** Table name and key to item. */
  readonly #items = new Map<string, Item>();

  readonly answer = (action: string, request: AwsRequest): unknown => {
    const input = fieldsOf(request);
    const table = String(input['TableName']);
    if (table === 'missing') {
      throw new AwsFault(
        'com.amazonaws.dynamodb.v20120810#ResourceNotFoundException',
        'Requested resource not found',
      );
    }
    if (action === 'PutItem') return this.#put(table, input);
    if (action === 'GetItem') {
      const item = this.#items.get(place(table, input['Key'] as Item));
      return item === undefined ? {} : { Item: item };
    }
    if (action === 'UpdateItem') return this.#update(table, input);
    if (action === 'DeleteItem') {
      this.#items.delete(place(table, input['Key'] as Item));
      return {};
    }
    if (action === 'Query') return this.#query(table, input);
    throw new AwsFault('UnknownOperationException', action);
  };

  #put(table: string, input: Record<string, unknown>): unknown {
    const item = input['Item'] as Item;
    const key = place(table, item);
    const condition = JSON.stringify(input['ConditionExpression'] ?? '');
    const existing = this.#items.get(key);
    if (condition.includes('attribute_not_exists') && existing !== undefined) {
      throw new AwsFault('ConditionalCheckFailedException', 'The conditional request failed', 400, {
        Item: existing,
      });
    }
    this.#items.set(key, item);
    return {};
  }

  /** `SET #a = :a, #b = :b` and `SET #n = #n + :by`. */
  #update(table: string, input: Record<string, unknown>): unknown {
    const names = (input['ExpressionAttributeNames'] ?? {}) as Record<string, string>;
    const values = (input['ExpressionAttributeValues'] ?? {}) as Item;
    const key = place(table, input['Key'] as Item);
    const item: Item = { ...(input['Key'] as Item), ...this.#items.get(key) };
    const assignments = String(input['UpdateExpression']).replace(/^SET /, '').split(', ');
    for (const assignment of assignments) {
      const [left = '', right = ''] = assignment.split(' = ');
      const name = names[left] ?? left;
      const [, addend] = right.split(' + ');
      const value = values[addend ?? right] ?? {};
      const sum = Number(item[name]?.['N'] ?? 0) + Number(value['N']);
      item[name] = addend === undefined ? value : { N: String(sum) };
    }
    this.#items.set(key, item);
    return { Attributes: item };
  }

  #query(table: string, input: Record<string, unknown>): unknown {
    const [wanted] = Object.values(input['ExpressionAttributeValues'] as Item);
    const items = [...this.#items]
      .filter(([key]) => key.startsWith(`${table}/`))
      .map(([, item]) => item)
      .filter((item) => JSON.stringify(item['id']) === JSON.stringify(wanted));
    return { Items: items, Count: items.length, ScannedCount: items.length };
  }
}

/** The keys of all tables are called `id` and, perhaps, `sort`. */
function place(table: string, item: Item): string {
  return `${table}/${JSON.stringify(item['id'])}/${JSON.stringify(item['sort'])}`;
}
