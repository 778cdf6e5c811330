using System.Collections.Immutable;
using System.Xml;
using System.Xml.Linq;

using Akka.Event;

using Microsoft.AspNetCore.DataProtection.Repositories;
using Microsoft.Extensions.Hosting;

namespace RaftActors.Coordination.Adapters;

/// <summary>
/// The keys of ASP.NET Core's data protection, as items of <see cref="RaftCoordination.Items"/>. They are as durable as the coordination
/// group. <b>They are stored unencrypted</b> unless the application calls <c>ProtectKeysWithCertificate</c> or another
/// <c>ProtectKeysWith</c>. Thread-safe.
/// <para>
/// Both methods block their thread until the group answers, because data protection has no asynchronous ones. It calls them seldom: at the
/// first use, once a day, and to make a key.
/// </para>
/// </summary>
internal sealed class RaftXmlRepository : IXmlRepository
{
    private const string Prefix = "data-protection/";

    // The caller cannot choose a time. This one is longer than an election takes, because a call that fails is a request that fails.
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(30);

    private readonly RaftCoordination _coordination;
    private readonly ILoggingAdapter _log;
    private readonly IHostApplicationLifetime? _host;

    // The names of the last reading, so that each item is logged once and the list is as bounded as the items.
    private volatile ImmutableHashSet<string> _skipped = [];

    /// <param name="coordination">That of the actor system.</param>
    /// <param name="log">Told of items that are no XML.</param>
    /// <param name="host">No key is read before it has started. Null: there is no host.</param>
    public RaftXmlRepository(RaftCoordination coordination, ILoggingAdapter log, IHostApplicationLifetime? host = null)
    {
        ArgumentNullException.ThrowIfNull(coordination);
        (_coordination, _log, _host) = (coordination, log, host);
    }

    /// <summary>
    /// Reads all keys and revocations. Another program may have put other text there. It is skipped, because otherwise no node could read
    /// any key.
    /// </summary>
    /// <exception cref="RaftException">The group did not answer within 30 s.</exception>
    /// <exception cref="InvalidOperationException">The host has not started yet.</exception>
    public IReadOnlyCollection<XElement> GetAllElements()
    {
        // Each part of ASP.NET Core that adds data protection makes its host read the keys at the start. A result without keys would make
        // data protection create one.
        if (_host?.ApplicationStarted.IsCancellationRequested == false)
        {
            throw new InvalidOperationException("The keys of data protection are not read while the host starts, because the start would "
                + "wait for the coordination group. Use them after IHostApplicationLifetime.ApplicationStarted.");
        }

        List<XElement> elements = [];
        HashSet<string> skipped = [];
        foreach (var item in Blocking.Wait(() => _coordination.Items.ListAsync(Prefix, Timeout)))
        {
            try
            {
                elements.Add(XElement.Parse(item.Value));
            }
            catch (XmlException e)
            {
                skipped.Add(item.Name);
                if (!_skipped.Contains(item.Name))
                {
                    _log.Warning(
                        "The item {0} is skipped, because it is no XML and so no key of data protection: {1} Delete it, or give it a name "
                            + "outside of {2}.",
                        item.Name,
                        e.Message,
                        Prefix);
                }
            }
        }

        _skipped = [.. skipped];
        return elements;
    }

    /// <summary>Adds a key or a revocation. It replaces none, because the names of revocations may repeat.</summary>
    /// <param name="element">At most 9000 characters of XML.</param>
    /// <param name="friendlyName">A part of the item's name.</param>
    /// <exception cref="InvalidOperationException">It is too large, or the group has no room; the message says so.</exception>
    /// <exception cref="RaftException">No answer came within 30 s. It is unknown whether it is stored.</exception>
    public void StoreElement(XElement element, string friendlyName)
    {
        ArgumentNullException.ThrowIfNull(element);
        var name = $"{Prefix}{friendlyName}/{Guid.NewGuid():N}";
        Blocking.Wait(() => _coordination.Items.PutAsync(name, element.ToString(SaveOptions.DisableFormatting), timeout: Timeout));
    }
}
