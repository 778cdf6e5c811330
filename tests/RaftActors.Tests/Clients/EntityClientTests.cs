namespace RaftActors.Tests.Clients;

/// <summary>The calls of an entity client, as the engines of the shards get them. Time stands still.</summary>
public sealed class EntityClientTests : TestKit
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(7);

    private readonly Dictionary<string, ScriptedProcess> _engines = [];
    private readonly RaftShards _shards = new("bag", 4);
    private readonly EntityClient<int, int> _entities;

    public EntityClientTests()
        : base("""
            akka.loglevel = OFF
            akka.scheduler.implementation = "VirtualTime.VirtualScheduler, RaftActors.Tests"
            """)
    {
        Raft.Get(Sys);
        NodeNetwork.Of(Sys).Calls.Add(
            CallTarget.Registry, new ScriptedProcess { Answer = call => Located(((ClientCall.Locate)call).Group) });
        _entities = new EntityClient<int, int>(Sys, new RaftShardsClient<object?, object?>(_shards, NewClient));
    }

    [Theory]
    [InlineData("a")] // Each id is in another shard.
    [InlineData("b")]
    [InlineData("h")]
    public void Command_goes_to_the_shard_of_its_id_with_its_timeout_and_request_key(string id)
    {
        var key = new RequestKey("order 7");
        _ = _entities.SendAsync(id, 17, Timeout, key);

        var call = Expect<ClientCall.Append>(id);

        Assert.Equal((id, Timeout, HashedKey.Of(key)), (call.Key, call.Timeout, call.RequestKey));
        Assert.Equal(17, new ValueCodec<object?>(Sys).Decode(call.Value));
    }

    [Theory]
    [InlineData("a")]
    [InlineData("b")]
    [InlineData("h")]
    public void Question_goes_to_the_shard_of_its_id_with_its_timeout_and_consistency(string id)
    {
        var third = ReadConsistency.NotOlderThan(new Serial(3));
        _ = _entities.AskAsync<int>(id, 17, Timeout, third);

        var call = Expect<ClientCall.Query>(id);

        Assert.Equal((Timeout, third), (call.Timeout, call.Consistency));
        var question = (byte[])new ValueCodec<object?>(Sys).Decode(call.Question)!; // Justification: the client asks with bytes.
        var (asked, inner) = EntityQuestion.Read(question);
        Assert.Equal((id, 17), (asked, new ValueCodec<object?>(Sys).Decode(inner)));
    }

    [Fact]
    public void Question_that_names_the_type_of_its_answer_has_the_bytes_of_any_other()
    {
        Raft.Get(Sys).UseJson(HowManyJson.Default);
        _ = _entities.AskAsync("a", new HowMany(17), Timeout);

        var call = Expect<ClientCall.Query>("a");

        var question = (byte[])new ValueCodec<object?>(Sys).Decode(call.Question)!; // Justification: the client asks with bytes.
        Assert.Equal(new HowMany(17), new ValueCodec<object?>(Sys).Decode(EntityQuestion.Read(question).Question));
    }

    [Fact]
    public async Task Disposal_waits_for_the_sent_commands_of_all_shards_at_the_same_time()
    {
        var commands = new[] { _entities.SendAsync("a", 1, Timeout), _entities.SendAsync("b", 1, Timeout) };
        Expect<ClientCall.Append>("a");
        Expect<ClientCall.Append>("b");

        var disposal = _entities.DisposeAsync().AsTask();
        for (var tick = 0; tick <= 11; tick++)
        {
            ((VirtualScheduler)Sys.Scheduler).Advance(TimeSpan.FromSeconds(0.1));
        }

        await disposal.WaitAsync(Guard);
        Assert.All(await Task.WhenAll(commands), ended => ended.Unknown());
    }

    private TCall Expect<TCall>(string id)
        where TCall : ClientCall => _engines[_shards.Of(id).Group].Expect<TCall>();

    private LiveClient<object?, object?> NewClient(string group)
    {
        _engines[group] = ScriptedProcess.Add(Sys, group, new ProcessName($"{group}@node"));
        var settings = ClientSettings.Read(Sys.Settings.Config, group);
        GroupCalls calls = new(settings, Sys, NodeNetwork.Of(Sys));
        return new LiveClient<object?, object?>(settings, new(Sys, codecPlace: null), new(Sys, codecPlace: null), calls);
    }

    private ClientReply.Located Located(string group)
    {
        ProcessName name = new($"{group}@node");
        return new ClientReply.Located(group, name, name, new Term(1), [new(name, NodeNetwork.Of(Sys).Address)]);
    }
}

internal sealed record HowMany(int Of) : IRaftQuestion<int>;

[JsonSerializable(typeof(HowMany))]
internal sealed partial class HowManyJson : JsonSerializerContext;
