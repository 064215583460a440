using System.CommandLine;
using NetLab.Host.Captures;
using NetLab.Host.Settings;
using NetLab.Osi.Captures;
using NetLab.Osi.Decoding;
using NetLab.Osi.Protocols;
using NetLab.Osi.Session;

namespace NetLab.Host.Commands;

/// <summary><c>nlab follow FILE STREAM</c>: the bytes of a conversation, put back in order.</summary>
internal static class FollowCommand
{
    public static Command Create()
    {
        var input = new CaptureArguments();
        var stream = new Argument<string>("STREAM") { Description = "A TCP connection's number as decode shows it, such as 3 or tcp:3; or a UDP flow's, such as udp:3" };
        var direction = new Option<string?>("--direction") { Description = "Only what a (the client) or b (the server) sent", HelpName = "a|b" };
        var file = new Option<string?>("-o", "--output") { Description = "Write to this file", HelpName = "FILE" };
        var command = new Command("follow", "The reassembled bytes of a TCP connection or UDP flow") { direction, file };
        input.AddTo(command);
        command.Add(stream);
        command.SetAction((parsed, cancellationToken) =>
        {
            if (parsed.GetValue(direction) is { } side and not ("a" or "b"))
            {
                throw new UsageException($"--direction {side}: it is a (the client) or b (the server)");
            }

            CaptureInput capture = input.Read(parsed);
            var follower = new Follower(ConversationName.Parse(parsed.GetRequiredValue(stream)), parsed.GetValue(direction));
            return Task.Run(() => follower.Run(capture, parsed.GetValue(file), cancellationToken), cancellationToken).WaitAsync(cancellationToken);
        });
        return command;
    }

    private sealed class Follower(ConversationName name, string? direction)
    {
        private bool _found;

        public int Run(CaptureInput capture, string? file, CancellationToken cancellationToken)
        {
            // A file is only touched when there is something to write.
            var opened = new Lazy<Stream>(() => file is null ? Console.OpenStandardOutput() : new FileStream(file, FileMode.Create, FileAccess.Write));
            bool hasGap = false;
            int exit = capture.Decode(
                new DecoderOptions
                {
                    HashStreams = false,
                    DecodeBodies = false,
                    StreamBytes = (stream, fromClient, bytes) =>
                    {
                        if (!name.IsUdp && stream.Number == name.Number && Wants(fromClient))
                        {
                            opened.Value.Write(bytes);
                        }
                    },
                },
                (in CapturedPacket packet, DecodedPacket decoded) =>
                {
                    _found |= !name.IsUdp && decoded.Session?.StreamNumber == name.Number;
                    if (name.IsUdp && decoded.UdpPayload(packet.Bytes, name.Number, out ReadOnlySpan<byte> payload, out bool fromFirst))
                    {
                        // Of UDP, a is who sent first.
                        _found = true;
                        if (Wants(fromFirst))
                        {
                            opened.Value.Write(payload);
                        }
                    }

                    return true;
                },
                decoder => hasGap = !name.IsUdp && decoder.TcpStreams.Any(
                    s => s.Number == name.Number && ((Wants(true) && s.ClientToServer.HasGap) || (Wants(false) && s.ServerToClient.HasGap))),
                cancellationToken);
            if (_found)
            {
                opened.Value.Dispose();
            }
            else
            {
                throw new InvalidDataException($"{capture.Path}: there is no stream {name}");
            }

            if (hasGap)
            {
                Console.Error.WriteLine($"nlab: {capture.Path}: stream {name} has bytes missing; what follows a hole is left out");
                return ExitCode.Failed;
            }

            return exit;
        }

        private bool Wants(bool fromClient) => direction is null || (direction == "a") == fromClient;
    }
}
