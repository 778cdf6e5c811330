using System.Globalization;
using System.Net;

using Akka.Actor;
using Akka.Discovery;

namespace RaftActors.Coordination;

/// <summary>
/// Finds the addresses that programs have registered by <see cref="RaftCoordination.RegisterAsync"/>. A discovery method of Akka.Discovery,
/// which the configuration names: <c>akka.discovery.method = raft</c>. Thread-safe.
/// </summary>
internal sealed class RaftServiceDiscovery : ServiceDiscovery
{
    // The time that a read of items has for all of its attempts.
    private static readonly TimeSpan TimeoutMax = TimeSpan.FromSeconds(30);

    private readonly RaftCoordination _coordination;

    /// <summary>Called by Akka.Discovery.</summary>
    /// <param name="system">The actor system, whose coordination this call starts.</param>
    public RaftServiceDiscovery(ExtendedActorSystem system)
        : this(RaftCoordination.Get(system))
    {
    }

    internal RaftServiceDiscovery(RaftCoordination coordination) => _coordination = coordination;

    /// <summary>
    /// Reads the registered addresses of a service, sorted, as the group has them at one moment. The name of the port and the protocol are
    /// ignored, so give each port of a service its own service name.
    /// </summary>
    /// <param name="lookup">The name of the service.</param>
    /// <param name="resolveTimeout">The time to read them, at most 30 s.</param>
    /// <returns>The addresses, which may be none.</returns>
    /// <exception cref="TimeoutException">The group did not answer in time.</exception>
    /// <exception cref="RaftException">The group refuses the question, for instance for the role of this program.</exception>
    public override async Task<Resolved> Lookup(Lookup lookup, TimeSpan resolveTimeout)
    {
        ArgumentNullException.ThrowIfNull(lookup);
        var timeout = resolveTimeout > TimeoutMax ? TimeoutMax : resolveTimeout > TimeSpan.Zero ? resolveTimeout : TimeSpan.Zero;
        var prefix = ServiceAddress.PrefixOf(lookup.ServiceName);
        using CancellationTokenSource limit = new(timeout);
        try
        {
            // WaitAsync ends in time even if the call does not end at once when it is cancelled.
            var items = await _coordination.Items.ListAsync(prefix, limit.Token).WaitAsync(limit.Token).ConfigureAwait(false);
            return new Resolved(lookup.ServiceName, items.Select(item => ServiceAddress.TryParse(item.Name)).OfType<ServiceAddress>()
                .Select(each => new ResolvedTarget(each.Host, each.Port, IPAddress.TryParse(each.Host, out var address) ? address : null)));
        }
        catch (Exception e) when (e is OperationCanceledException or RaftException { Failure.Reason: FailureReason.Unavailable })
        {
            throw new TimeoutException(
                $"The addresses of '{lookup.ServiceName}' were not read within {timeout}, because the coordination group did not answer. "
                    + "Start a majority of its nodes, or all of them if the group has never run, or allow a longer timeout.",
                e);
        }
    }
}

/// <summary>The address of one instance of a service, and the name of its item.</summary>
internal sealed record ServiceAddress(string Service, string Host, int Port)
{
    /// <summary>The beginning of the names of all items of services.</summary>
    public const string Root = "service/";

    /// <summary>The name of the item: <c>service/NAME/HOST:PORT</c>.</summary>
    public string Item => string.Create(CultureInfo.InvariantCulture, $"{PrefixOf(Service)}{Host}:{Port}");

    public static string PrefixOf(string service) => $"{Root}{service}/";

    /// <summary>Parses an item's name. Returns null for other items, which may have the same prefix.</summary>
    public static ServiceAddress? TryParse(string item) =>
        item.Split('/') is ["service", { Length: > 0 } service, var address]
        && address.LastIndexOf(':') is > 0 and var colon
        && int.TryParse(address.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port)
        && port is > 0 and <= IPEndPoint.MaxPort
            ? new ServiceAddress(service, address[..colon], port)
            : null;

    /// <exception cref="ArgumentException">The three are no address of a service.</exception>
    public static ServiceAddress Of(string service, string host, int port)
    {
        ArgumentException.ThrowIfNullOrEmpty(service);
        ArgumentException.ThrowIfNullOrEmpty(host);
        var made = new ServiceAddress(service, host, port);
        return TryParse(made.Item) == made ? made : throw new ArgumentException(
            $"'{service}' at '{host}', port {port}, cannot be registered: a name has no slash, and a port is from 1 to 65535.");
    }
}
