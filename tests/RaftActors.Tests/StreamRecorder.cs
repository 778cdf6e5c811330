using System.Text;

using Akka.Actor;

using RaftActors.Core;

namespace RaftActors.Tests;

/// <summary>
/// A recorder that writes the list of its pairs as a stream while it goes on. Its script holds the writer, or lets it fail.
/// </summary>
internal sealed class StreamRecorder(IActorRef watcher, RaftOptions<string>? options, StreamRecorder.Script script)
    : Recorder(watcher, options), IRaftStreamSnapshot
{
    private string _state = "";

    public StateWriter TakeSnapshot(Serial serial)
    {
        Tell($"take {serial}");
        var state = _state;
        return async (stream, stopping) =>
        {
            try
            {
                Tell($"writing {serial}");
                stream.Write(Encoding.UTF8.GetBytes(state));
                await script.MayWrite.WaitAsync(stopping);
                if (script.Failure is { } failure)
                {
                    throw failure;
                }
            }
            catch (OperationCanceledException)
            {
                Tell($"dropped {serial}");
                throw;
            }
        };
    }

    public void RestoreSnapshot(Serial serial, Stream state)
    {
        try
        {
            state.Seek(-1, SeekOrigin.End);
            var last = state.ReadByte();
            state.Position = 0;
            using var reader = new StreamReader(state);
            _state = reader.ReadToEnd();
            if (_state[^1] != last)
            {
                Tell($"another end of {serial}");
            }
        }
        catch (IOException)
        {
            Tell($"cannot restore {serial}");
            return;
        }

        Tell($"restore {serial}:{_state}");
    }

    protected override int HandleAppend(Entry<string> entry)
    {
        _state += $" {entry.Serial}={entry.Value}";
        return base.HandleAppend(entry);
    }

    protected override void HandleSerial(Entry<string> entry)
    {
        _state += $" {entry.Serial}={entry.Value}";
        base.HandleSerial(entry);
    }

    /// <summary>Steers the writers of a recorder. By default they do not wait.</summary>
    internal sealed class Script
    {
        private TaskCompletionSource _mayWrite = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Script() => _mayWrite.SetResult();

        public Task MayWrite => _mayWrite.Task;

        /// <summary>Each writer throws it at its end.</summary>
        public Exception? Failure { get; set; }

        /// <summary>From now on a writer waits in the middle of its state.</summary>
        public void Hold() => _mayWrite = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public void Release() => _mayWrite.SetResult();
    }
}
