using RaftActors.Core;
using RaftActors.Core.Codec;
using RaftActors.Storage.Disk;
using RaftActors.Storage.Log;
using RaftActors.Storage.Snapshots;

namespace RaftActors.Storage.Tools;

/// <summary>Lists the contents of a directory that no process uses, in the order of writing. Changes nothing.</summary>
internal static class LogDump
{
    /// <summary>Lists the segments, the end of the log, and the snapshots. Includes damaged places and the items after them.</summary>
    /// <exception cref="StoreException">The directory has no log, is in use, or has another version.</exception>
    public static IEnumerable<StoreItem> Read(string directory)
    {
        using var offline = OfflineDirectory.ToRead(directory);
        var owners = new Dictionary<ushort, StoreOwner>();
        foreach (var (segment, end, isLast) in offline.Segments())
        {
            foreach (var item in ItemsOf(segment, end, isLast, owners))
            {
                yield return item;
            }
        }

        foreach (var folder in offline.SnapshotFolders)
        {
            var owner = owners.Where(each => SnapshotName.FolderOf(each.Key) == folder).Select(each => (StoreOwner?)each.Value);
            foreach (var item in SnapshotsIn(offline.Disk, folder, owner.FirstOrDefault()))
            {
                yield return item;
            }
        }
    }

    private static IEnumerable<StoreItem> ItemsOf(LogSegment segment, long? end, bool isLast, Dictionary<ushort, StoreOwner> owners)
    {
        if (segment.Header is not { } header)
        {
            yield return new StoreItem(segment.Name, 0, "segment") { State = StoreItem.Damaged, Detail = segment.Damage!.What };
            yield break;
        }

        yield return new StoreItem(segment.Name, 0, "segment")
        {
            Detail = $"number {header.Number} of log {header.Log:N}"
                + (header.PreviousEnd > 0 ? $", the one before ends at {header.PreviousEnd}" : ""),
        };
        var bytes = segment.UpTo(end);
        var check = SegmentCheck.Of(header, bytes, end is not null);
        var scan = new LogScan(header, bytes);
        while (scan.MoveNext())
        {
            foreach (var item in ItemsAt(scan, segment.Name, owners))
            {
                yield return StateOf(scan, check) is var state and not StoreItem.Whole ? item with { State = state } : item;
            }
        }

        if (isLast)
        {
            yield return EndOf(segment.Name, check);
        }
    }

    private static string StateOf(in LogScan scan, SegmentCheck check) =>
        scan.Offset >= check.End ? StoreItem.Torn
            : scan.Kind is ScanKind.Batch or ScanKind.Record ? StoreItem.Whole
            : StoreItem.Damaged;

    private static StoreItem EndOf(string file, SegmentCheck check)
    {
        var torn = check.Used - check.End;
        return new StoreItem(file, check.End, "end")
        {
            Detail = torn > 0 ? $"{torn} bytes after it are a torn tail"
                : check.IsSealed ? "sealed"
                : $"not sealed; known to be synced up to {check.Synced}",
        };
    }

    // A record is one item, and a batch of pairs one for each pair. A batch has no key, so only such records are read once more.
    private static IEnumerable<StoreItem> ItemsAt(in LogScan scan, string file, Dictionary<ushort, StoreOwner> owners)
    {
        var item = ItemAt(scan, file, owners);
        return item is { Kind: "pair", Key: "", State: StoreItem.Whole }
            && RecordFormat.ReadEntry(scan.Record, scan.Body) is { Count: > 1 } batch
            ? PairsOf(item, batch)
            : [item];
    }

    private static IEnumerable<StoreItem> PairsOf(StoreItem item, LogEntry batch) =>
        PairBatch.Decode(batch.Count, batch.Value).Select((pair, place) => item with
        {
            Serial = batch.First.Plus(place).Value,
            Key = pair.Key,
            Size = pair.Value.Length,
            Value = pair.Value,
            Detail = $"pair {place + 1} of {batch.Count}, {item.Detail}",
        });

    private static StoreItem ItemAt(
        in LogScan scan, string file, Dictionary<ushort, StoreOwner> owners) => scan.Kind switch
        {
            ScanKind.Batch => new StoreItem(file, scan.Offset, scan.Batch.IsSeal ? "seal" : "batch")
            {
                Detail = scan.Batch.IsSeal ? null : $"{scan.Batch.Records} records, {scan.Batch.Length} bytes",
            },
            ScanKind.Record => RecordAt(scan, file, owners),
            ScanKind.BadBody => WithPlace(
                new StoreItem(file, scan.Offset, KindOf(scan.Record.Type))
                {
                    Owner = OwnerOf(owners, scan.Record.Slot),
                    Detail = Text(scan.Mismatch),
                },
                scan.Record),
            _ => new StoreItem(file, scan.Offset, scan.Kind == ScanKind.BadBatch ? "batch" : "record")
            {
                Size = scan.Length,
                Detail = Text(scan.Mismatch),
            },
        };

    private static StoreItem RecordAt(in LogScan scan, string file, Dictionary<ushort, StoreOwner> owners)
    {
        var (header, body) = (scan.Record, scan.Body);
        try
        {
            var item = WithPlace(new StoreItem(file, scan.Offset, KindOf(header.Type)), header);
            switch (header.Type)
            {
                case RecordType.Owner:
                    var (owner, incarnation) = RecordFormat.ReadOwner(body.Span);
                    owners[header.Slot] = owner;
                    item = item with { Detail = $"slot {header.Slot}, incarnation {incarnation.Value:N}" };
                    break;
                case RecordType.HardState:
                    item = item with { Term = header.Term, Detail = Text(RecordFormat.ReadHardState(header, body.Span)) };
                    break;
                case RecordType.Base or RecordType.Installed:
                    var (position, last) = RecordFormat.ReadBase(header, body.Span);
                    item = item with { Time = position.Time.ToDateTimeOffset(), Detail = $"the log ends at {last}" };
                    break;
                case RecordType.Committed:
                    item = item with { Detail = $"the entries up to {header.Index} are committed" };
                    break;
                case RecordType.Forgotten:
                    item = item with { Detail = "the records of the store before this one do not count" };
                    break;
                case RecordType.Entry:
                    var entry = RecordFormat.ReadEntry(header, body);
                    item = WithPayload(item, entry.Payload) with { Time = entry.Time.ToDateTimeOffset() };
                    break;
                default:
                    item = item with { State = StoreItem.Damaged, Detail = "this program does not know the type" };
                    break;
            }

            return item with { Owner = OwnerOf(owners, header.Slot) };
        }
        catch (Exception e) when (e is InvalidDataException or ArgumentOutOfRangeException)
        {
            var what = $"cannot be decoded, although its checksum is right: {e.Message}";
            return new StoreItem(file, scan.Offset, KindOf(header.Type)) { State = StoreItem.Damaged, Detail = what };
        }
    }

    private static StoreItem WithPlace(StoreItem item, in RecordHeader header) =>
        header.Type is RecordType.Owner or RecordType.HardState or RecordType.Committed or RecordType.Forgotten ? item
        : item with { Index = header.Index, Term = header.Term, Serial = header.Serial };

    private static StoreItem WithPayload(StoreItem item, Payload payload) => payload switch
    {
        Payload.Pair pair => item with
        {
            Kind = "pair",
            Key = pair.Key,
            Size = pair.Value.Length,
            Value = pair.Value,
            Detail = pair switch
            {
                Payload.KeyedPair keyed => $"request {keyed.Request}, request key {keyed.RequestKey}",
                { Request: { } request } => $"request {request}",
                _ => null,
            },
        },
        Payload.Reconfigure(var configuration) => item with
        {
            Kind = "configuration",
            Detail = $"{configuration}, group {configuration.Group.Value:N}",
        },
        Payload.Close close => item with { Kind = "close", Detail = string.Join(' ', close.Last) },
        _ => item with { Kind = "no-op" },
    };

    private static string Text(HardState state) =>
        $"voted for {(state.VotedFor is { } candidate ? $"{candidate}" : "none")}, group {state.Group.Value:N}, "
        + $"boot {state.Boot.Number}, "
        + $"{(state.IsAdmitted ? "admitted" : "not admitted")}, recorded {string.Join(' ', state.Recorded)}"
        + (state.Roster.IsEmpty ? "" : $", founding roster {string.Join(' ', state.Roster)}")
        + (state.Promise > 0 ? $", promise {state.Promise} us" : "")
        + (state.Fence is { } fence ? $", fenced: {fence}" : "");

    private static string Text(ChecksumMismatch? mismatch) =>
        mismatch is var (expected, found) ? $"checksum {expected:x8} expected, {found:x8} found" : "cannot be read";

    private static string KindOf(RecordType type) => type switch
    {
        RecordType.Owner => "owner",
        RecordType.HardState => "hard-state",
        RecordType.Base => "base",
        RecordType.Installed => "installed",
        RecordType.Committed => "committed",
        RecordType.Entry => "entry",
        RecordType.Forgotten => "forgotten",
        _ => $"type-{(int)type}",
    };

    private static StoreOwner? OwnerOf(Dictionary<ushort, StoreOwner> owners, ushort slot) =>
        owners.TryGetValue(slot, out var owner) ? owner : null;

    private static IEnumerable<StoreItem> SnapshotsIn(IDisk disk, string folder, StoreOwner? owner)
    {
        foreach (var name in disk.List(folder))
        {
            var file = $"{folder}/{name}";
            if (SnapshotName.Parse(name, SnapshotName.Whole) is not null)
            {
                yield return SnapshotAt(disk, file, owner);
            }
            else
            {
                yield return new StoreItem(file, 0, "unfinished") { Detail = "the next start completes or deletes it" };
            }
        }
    }

    private static StoreItem SnapshotAt(IDisk disk, string file, StoreOwner? owner)
    {
        try
        {
            using var opened = SnapshotFile.Open(disk, file, owner);
            var (position, configuration) = (opened.Snapshot.Position, opened.Snapshot.Configuration);
            return new StoreItem(file, 0, "snapshot")
            {
                Owner = opened.Owner,
                Index = position.Index.Value,
                Term = position.Term.Value,
                Serial = position.Serial.Value,
                Time = position.Time.ToDateTimeOffset(),
                Size = opened.Snapshot.Length,
                Detail = $"{configuration}, group {configuration.Group.Value:N}",
            };
        }
        catch (StoreDamagedException e)
        {
            return new StoreItem(file, e.Damage.Offset, "snapshot") { State = StoreItem.Damaged, Detail = e.Damage.What };
        }
    }
}
