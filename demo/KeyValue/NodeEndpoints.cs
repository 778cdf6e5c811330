using RaftActors;

using Client = RaftActors.RaftShardsClient<KeyValue.Change, KeyValue.Written>;

namespace KeyValue;

/// <summary><c>/nodes/{address}</c>: adds a node to all groups, or removes it from them.</summary>
internal static class NodeEndpoints
{
    public static void Map(IEndpointRouteBuilder app)
    {
        var nodes = app.MapGroup("/nodes");
        Describe(nodes.MapPut("/{address}", (string address, Client client, HttpContext http) =>
                ChangeAsync(address, isWanted: true, client, http))
            .WithSummary("Adds a node to all groups. Start it with raft.joining = on."));
        Describe(nodes.MapDelete("/{address}", (string address, Client client, HttpContext http) =>
                ChangeAsync(address, isWanted: false, client, http))
            .WithSummary("Removes a node from all groups. Stop it afterwards."));
    }

    private static void Describe(RouteHandlerBuilder change) => change
        .Produces(StatusCodes.Status204NoContent)
        .ProducesProblem(StatusCodes.Status400BadRequest)
        .ProducesProblem(StatusCodes.Status503ServiceUnavailable)
        .ProducesProblem(StatusCodes.Status504GatewayTimeout);

    // A group that has taken the change already is left out. So the request can be repeated until all groups have taken it.
    private static async Task<IResult> ChangeAsync(string address, bool isWanted, Client client, HttpContext http)
    {
        if (!Uri.TryCreate($"tcp://{address}", UriKind.Absolute, out var uri) || uri.Port <= 0 || uri.Authority != address)
        {
            return Results.Problem($"The address of the node is '{address}'. Use host:port.", statusCode: StatusCodes.Status400BadRequest);
        }

        foreach (var shard in client.Shards.All)
        {
            if (await ChangeAsync(client[shard], new ProcessName($"{shard.Group}@{address}"), isWanted, http) is { } failure)
            {
                return Problems.Of(http, failure, "Send the request again.");
            }
        }

        return Results.NoContent();
    }

    // The leader tells the members, because a node that is behind has an old view of them.
    private static async Task<RaftFailure?> ChangeAsync(RaftClient group, ProcessName name, bool isWanted, HttpContext http)
    {
        try
        {
            var status = await group.StatusAsync(cancellationToken: http.RequestAborted);
            var leader = status.Processes.FirstOrDefault(process => process.Name == status.Leader);
            if (leader?.Members.Any(member => member.Name == name) == isWanted)
            {
                return null;
            }

            return (await (isWanted
                ? group.JoinAsync(name, cancellationToken: http.RequestAborted)
                : group.LeaveAsync(name, cancellationToken: http.RequestAborted))).Failure;
        }
        catch (RaftException silent) when (silent.Failure is { } failure)
        {
            return failure;
        }
    }
}
