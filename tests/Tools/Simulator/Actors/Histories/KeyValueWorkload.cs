using KeyValue;

using RaftActors.Testing.History;
using RaftActors.Testing.Simulation;

namespace RaftActors.Simulator.Actors.Histories;

/// <summary>The items of demo/KeyValue in two shards: written, replaced and deleted on conditions, and read.</summary>
internal static class KeyValueWorkload
{
    private static readonly RaftShards Shards = new("kv", 2);
    private static readonly string[] Keys = ["a", "b", "c", "d"];

    public static void SetUp(long seed, RaftSimulation simulation)
    {
        KeyValueModel model = new();
        HistoryWorkload.SetUp(seed, simulation, model, (client, history) => UseAsync(client, history, model.Values))
            .SetUp(raft => raft.UseJson(KeyValueJson.Default))
            .Shards(Shards, shard => new KeyValueStore(shard));
    }

    private static async Task UseAsync(
        SimulatedClient client, OperationHistory<Call, Reply> history, Dictionary<(string Key, long Serial), int> values)
    {
        await using var items = Raft.Get(client.System).CreateClient<Change, Written>(Shards);
        Dictionary<string, Item?> read = [];
        var last = 0;
        await new HistoryCaller<Call, Reply>(client, history, AnyCall, CallAsync).RunAsync();

        Call AnyCall()
        {
            var key = Keys[client.Next(Keys.Length)];
            return client.Next(4) == 0
                ? new Call(key, null)
                : new Call(key, new Change(client.Next(4) == 0 ? null : ToBytes(NewValue()), null, AnyCondition(key)));
        }

        long? AnyCondition(string key) => client.Next(4) switch
        {
            0 => null,
            1 => Change.IfPresent,
            2 => Change.IfAbsent,
            _ => read.GetValueOrDefault(key)?.Serial,
        };

        // No other call writes it, so it stands for the serial.
        int NewValue() => (client.Number * 1000) + ++last;

        async Task<Told<Reply>> CallAsync(Call call, Attempt attempt)
        {
            if (call.Change is not { } change)
            {
                return await Told<Reply>.OfReadAsync(() => ReadAsync(call.Key, attempt.Timeout));
            }

            var outcome = await items.For(call.Key).AppendAsync(call.Key, change, attempt.Timeout, requestKey: attempt.Key);
            return Told<Reply>.Of(outcome, done => ToReply(call.Key, change, done));
        }

        async Task<Reply> ReadAsync(string key, TimeSpan timeout)
        {
            var item = read[key] = (await items.For(key).QueryAsync(new GetItem(key), timeout)).Result;
            if (item is not null)
            {
                Note(key, item.Serial, ToValue(item.Value));
            }

            return new Reply(item is not null, item?.Serial);
        }

        Reply ToReply(string key, Change change, Outcome<Written> done)
        {
            var written = done.HasResult ? done.Result : throw new InvalidDataException($"{done.Serial} has no result");
            if (written.IsApplied && change.Value is { } value)
            {
                Note(key, done.Serial.Value, ToValue(value));
            }

            return new Reply(written.IsApplied, written.Before);
        }

        void Note(string key, long serial, int value)
        {
            if (!values.TryAdd((key, serial), value) && values[(key, serial)] != value)
            {
                throw new InvalidDataException($"{key} was {values[(key, serial)]} and {value} at serial {serial}");
            }
        }
    }

    private static byte[] ToBytes(int value) => BitConverter.GetBytes(value);

    private static int ToValue(byte[] bytes) => BitConverter.ToInt32(bytes);

    /// <param name="Change">Null: reads the item.</param>
    private sealed record Call(string Key, Change? Change);

    /// <param name="IsDone">The change had an effect; of a read: there is an item.</param>
    /// <param name="Serial">The serial of the item, before the change; null: there was none.</param>
    private sealed record Reply(bool IsDone, long? Serial);

    // The state is the value of the item; 0: there is none.
    private sealed class KeyValueModel : SequentialModel<int, Call, Reply>
    {
        /// <summary>The value of each serial of a key that a program has seen. One that none has seen may be any.</summary>
        public Dictionary<(string Key, long Serial), int> Values { get; } = [];

        public override int Initial => 0;

        public override string PartitionOf(Call input) => input.Key;

        public override bool IsReadOnly(Call input) => input.Change is null;

        public override bool TryStep(int state, Call input, Operation<Call, Reply> operation, out int next)
        {
            var isDone = input.Change is null ? state != 0 : input.Change.IfSerial switch
            {
                null => true,
                Change.IfPresent => state != 0,
                Change.IfAbsent => state == 0,
                var serial => Values.GetValueOrDefault((input.Key, serial.Value)) == state,
            };
            next = input.Change is { } change && isDone ? change.Value is { } value ? ToValue(value) : 0 : state;
            return operation.IsOptional || (operation.Output!.IsDone == isDone && Is(input.Key, operation.Output.Serial, state));
        }

        private bool Is(string key, long? serial, int state) =>
            serial is not { } known ? state == 0 : Values.TryGetValue((key, known), out var value) ? state == value : state != 0;
    }
}
