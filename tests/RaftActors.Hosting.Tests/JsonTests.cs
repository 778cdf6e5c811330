using System.Text.Json.Serialization;

namespace RaftActors.Hosting.Tests;

/// <summary>Types of the application, by one line of Akka.Hosting's builder.</summary>
public sealed class JsonTests
{
    private readonly int _port = FreePorts.Next();

    [Fact]
    public async Task Actors_and_clients_of_the_host_use_the_context()
    {
        await using var node = new HostedNode(
            _port,
            [_port],
            akka => akka.WithRaftActor<Till>("counter").WithRaftSetup(raft => raft.UseJson(TillJson.Default)),
            services => services.AddRaftClient<Payment, Sum>());
        await node.StartAsync();
        var client = node.Services.GetRequiredService<RaftClient<Payment, Sum>>();

        var done = (await client.AppendAsync("paid", new Payment(5))).OrThrow();

        Assert.Equal(new Sum(5), done.ResultOr(null!));
    }

    [Fact]
    public async Task Actor_whose_type_is_in_no_context_fails_the_start_with_the_remedy()
    {
        await using var node = new HostedNode(_port, [_port], akka => akka.WithRaftActor<Till>("counter"));

        var failure = await Assert.ThrowsAsync<RaftStartException>(node.StartAsync);

        Assert.Contains("Payment has no serializer. Add it to the JsonSerializerContext of Raft.UseJson", failure.Message);
    }

    [Fact]
    public async Task Context_without_types_fails_the_start()
    {
        JsonSerializerContext context = TillJson.Default;
        await using var node = new HostedNode(
            _port, [_port], akka => akka.WithRaftSetup(raft => raft.UseJson(context)).WithRaftActor<Till>("counter"));

        var failure = await Assert.ThrowsAsync<RaftStartException>(node.StartAsync);

        Assert.Contains("JsonSerializerContext for JSON: it has no types.", failure.Message);
    }
}

internal sealed record Payment(int Amount);

internal sealed record Sum(int Total);

[JsonSerializable(typeof(Payment))]
[JsonSerializable(typeof(Sum))]
internal sealed partial class TillJson : JsonSerializerContext;

/// <summary>Adds payments.</summary>
internal sealed class Till : RaftActor<Payment, Sum>
{
    private int _total;

    protected override Sum HandleAppend(Entry<Payment> entry) => new(_total += entry.Value.Amount);
}
