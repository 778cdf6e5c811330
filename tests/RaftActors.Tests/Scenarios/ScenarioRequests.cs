namespace RaftActors.Tests.Scenarios;

/// <summary>
/// The names of requests: <c>#2</c> is the second one of the process that the scenario sees, <c>b7</c> the one with the number 7 of the
/// peer b, and <c>1.7</c> that of client 1.
/// </summary>
internal sealed class ScenarioRequests
{
    private readonly Dictionary<RequestId, string> _names = [];
    private readonly Dictionary<string, RequestId> _requests = [];
    private int _own;

    /// <summary>The session of a client.</summary>
    public static ClientSession SessionOf(int client) => new(new Guid(client, 0, 0, new byte[8]));

    public string NameOf(RequestRef request) => NameOf(new RequestId(new Member(request.Origin, request.Incarnation), request.Number));

    public string NameOf(RequestId request)
    {
        if (_names.TryGetValue(request, out var known))
        {
            return known;
        }

        var name = request.Origin.Name.Process switch
        {
            "a" => $"#{++_own}",
            "client" => $"{Enumerable.Range(1, 100).First(client => SessionOf(client).Origin == request.Origin)}.{request.Number}",
            var peer => $"{peer}{request.Number}",
        };
        _names.Add(request, name);
        _requests.TryAdd(name, request);
        return name;
    }

    public RequestId Find(string name) => _requests.TryGetValue(name, out var known) ? known
        : name.Split('.') is [var client, var number] ? new RequestId(SessionOf(int.Parse(client)).Origin, long.Parse(number))
        : char.IsLetter(name[0]) ? new RequestId(ScenarioPeers.MemberOf(name[..1]), long.Parse(name[1..]))
        : throw new FormatException($"No request is called {name}.");
}
