using Akka.Actor;

using RaftActors;

using Client = RaftActors.RaftShardsClient<KeyValue.Change, KeyValue.Written>;

namespace KeyValue;

/// <summary><c>/nodes/{address}</c>: adds a node to all groups, or removes it from them.</summary>
internal static class NodeEndpoints
{
    public static void Map(IEndpointRouteBuilder app)
    {
        var nodes = app.MapGroup("/nodes");
        Describe(nodes.MapPut("/{address}", (string address, Client client, ActorSystem system, HttpContext http) =>
                ChangeAsync(address, isWanted: true, client, system, http))
            .WithSummary("Adds a node to all groups. Start it with raft.joining = on."));
        Describe(nodes.MapDelete("/{address}", (string address, Client client, ActorSystem system, HttpContext http) =>
                ChangeAsync(address, isWanted: false, client, system, http))
            .WithSummary("Removes a node from all groups. Stop it afterwards."));
    }

    private static void Describe(RouteHandlerBuilder change) => change
        .Produces(StatusCodes.Status204NoContent)
        .ProducesProblem(StatusCodes.Status400BadRequest)
        .ProducesProblem(StatusCodes.Status503ServiceUnavailable)
        .ProducesProblem(StatusCodes.Status504GatewayTimeout);

    // A group that has taken the change already is left out. So the request can be repeated until all groups have taken it.
    private static async Task<IResult> ChangeAsync(string address, bool isWanted, Client client, ActorSystem system, HttpContext http)
    {
        if (!Uri.TryCreate($"tcp://{address}", UriKind.Absolute, out var uri) || uri.Port <= 0 || uri.Authority != address)
        {
            return Results.Problem($"The address of the node is '{address}'. Use host:port.", statusCode: StatusCodes.Status400BadRequest);
        }

        foreach (var shard in client.Shards.All)
        {
            var name = new ProcessName($"{shard.Group}@{address}");
            if (IsMember(system, shard, name) == isWanted)
            {
                continue;
            }

            var outcome = await (isWanted
                ? client[shard].JoinAsync(name, cancellationToken: http.RequestAborted)
                : client[shard].LeaveAsync(name, cancellationToken: http.RequestAborted));
            if (outcome.Failure is { } failure)
            {
                return Problems.Of(http, failure, "Send the request again.");
            }
        }

        return Results.NoContent();
    }

    private static bool IsMember(ActorSystem system, RaftShard shard, ProcessName name) => Raft.Get(system).Processes
        .Any(process => process.Group == shard.Group && process.Members.Any(member => member.Name == name));
}
